/** The columns of files of facts, as `fleet import` takes them, with the headings that it knows in Chinese. */
import type { Columns } from '../csv'

const text = (also?: string) => ({ kind: 'text' as const, also })
const number = (also?: string) => ({ kind: 'number' as const, also })
const time = (also?: string) => ({ kind: 'time' as const, also })

export const COLUMNS: Record<string, Columns> = {
  groups: { group: text('编组'), kind: text('类别'), reg_no: text('船号'), role: text('角色'), valid_from: time('生效'), valid_to: time('失效') },
  trips: {
    trip: text('报告号'), reg_no: text('船号'), port: text('港口'), departs: time('出港时间'), returns: time('计划返港'),
    crew_out: number('出港人数'), crew_back: number('返港人数'), reported_at: time('报告时间'),
  },
  permits: { permit: text('许可号'), reg_no: text('船号'), activity: text('许可事项'), zone: text('区域'), valid_from: time('生效'), valid_to: time('失效') },
  certificates: { reg_no: text('船号'), kind: text('类别'), value: number('数值'), issued: time('签发'), expires: time('到期') },
  ports: { port: text('港口'), capacity: number('泊位') },
  wind: { issued: time(), kind: text(), valid: time(), lon: number(), lat: number(), wind_ms: number() },
  depth: { lon: number(), lat: number(), depth_m: number() },
}

