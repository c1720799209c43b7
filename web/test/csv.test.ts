import { describe, expect, it } from 'vitest'
import { faultOf, instant, lines, table } from '../src/pages/csv'
import { fields } from '../src/pages/facts'
import { COLUMNS } from '../src/pages/words/columns'
import { freeCode } from '../src/pages/RecallForm'

describe('lines of a table', () => {
  it('keep commas, line ends and quotes that are quoted, and their number', () => {
    expect(lines('\ufeffa,"b, c"\r\n\r\n"say ""no""\nmore", d \n"",x')).toEqual([
      { number: 1, cells: ['a', 'b, c'] },
      { number: 3, cells: ['say "no"\nmore', 'd'] },
      { number: 5, cells: ['', 'x'] },
    ])
  })

  it('are none of an empty file', () => {
    expect(lines('')).toEqual([])
    expect(lines('\n\n')).toEqual([])
  })
})

describe('a table of trips', () => {
  it('is read under Chinese headings; an empty cell is not known', () => {
    const { rows, faults } = table('报告号,船号,出港时间,计划返港,出港人数,source\nT1,琼1,2026-11-24 5:00,,8,x\n', COLUMNS.trips)
    expect(faults).toEqual([])
    expect(rows).toEqual([{ trip: 'T1', reg_no: '琼1', departs: '2026-11-24T05:00+08:00', crew_out: 8 }])
  })

  it('names every bad cell by line and column', () => {
    const { faults } = table('trip,reg_no,departs,crew_out,colour\nT1,B,soon,8,red\nT2,B,2026-11-24,many,\n', COLUMNS.trips)
    expect(faults.map((f) => [f.line, f.column, f.value, f.why])).toEqual([
      [1, 'colour', '', 'column'], [2, 'departs', 'soon', 'time'], [3, 'crew_out', 'many', 'number'],
    ])
  })

  it('tells where in the file the server found fault', () => {
    const found = table('trip,reg_no,departs\n\nT1,B,2026-11-24\nT2,C,2026-11-24\n', COLUMNS.trips)
    expect(faultOf('body.rows[1].reg_no', 'there is no vessel C', found)).toEqual({ line: 4, column: 'reg_no', value: 'C', why: 'there is no vessel C' })
    expect(faultOf('body.rows', 'too many', found)).toEqual({ line: 0, column: 'body.rows', value: '', why: 'too many' })
  })
})

describe('times', () => {
  it.each([
    ['2026-11-23', '2026-11-23T00:00+08:00'], ['2026/1/3 4:05', '2026-01-03T04:05+08:00'], ['2026-11-23 14:05:06', '2026-11-23T14:05:06+08:00'],
    ['2026-11-23T14:05:00Z', '2026-11-23T14:05:00Z'], ['2026-11-23T14:05+08:00', '2026-11-23T14:05+08:00'],
  ])('%s is %s', (cell, text) => {
    expect(instant(cell)).toBe(text)
    expect(Number.isNaN(Date.parse(text))).toBe(false)
  })

  it.each(['', 'soon', '2026-13-01', '2026-11-23 25:00', '20261123'])('%s is none', (cell) => {
    expect(instant(cell)).toBeNull()
  })
})

describe('a file of wind', () => {
  it('is one request a field, each knowing its lines', () => {
    const found = table('issued,kind,valid,lon,lat,wind_ms\n2026-01-01,forecast,2026-01-02,109,18,5\n2026-01-01,forecast,2026-01-03,109,18,6\n2026-01-01,forecast,2026-01-02,110,18,7\n', COLUMNS.wind)
    const [one, two] = fields(found)
    expect(one.body.points).toEqual([{ lon: 109, lat: 18, wind_ms: 5 }, { lon: 110, lat: 18, wind_ms: 7 }])
    expect(one.part.numbers).toEqual([2, 4])
    expect(two.body).toMatchObject({ kind: 'forecast', valid: '2026-01-03T00:00+08:00' })
    expect(faultOf('body.points[1].wind_ms', 'too much', one.part).line).toBe(4)
  })
})

describe('codes of recall orders', () => {
  it('are the first of the day that is free', () => {
    expect(freeCode([], '2026-11-23')).toBe('ZT20261123')
    expect(freeCode(['ZT20261123', 'ZT20261123-2'], '2026-11-23')).toBe('ZT20261123-3')
  })
})
