/** Chart colours after S-52: water lightest by day, all but black by night. */
import { palette, type Palette } from '../prefs'
import type { Severity } from '../types'

export interface ChartColours {
  sea: string
  land: string
  coast: string
  graticule: string
  grid: string
  text: string
  halo: string
  port: string
  restricted: string
  line: string
  selected: string
  trail: string
  casing: string
  /** By vessel group, see group() in fleetlayer. */
  vessels: string[]
  levels: Record<Severity, string>
}

const CHARTS: Record<Palette, ChartColours> = {
  day: {
    sea: '#d6e8ef', land: '#ece1b9', coast: '#9a8850', graticule: '#b3cedb', grid: '#5f8296', text: '#2c4656', halo: '#eef6f9',
    port: '#8a5a2b', restricted: '#b0389f', line: '#8d1f7f', selected: '#0b2b3f', trail: '#0b5e8a', casing: '#000',
    vessels: ['#0a6b4d', '#5aa287', '#3f4f8f', '#1b74c4', '#0c8296', '#8a6fae', '#6b7680', '#d1000d'],
    levels: { 4: '#e1000e', 3: '#fa7d00', 2: '#f0c000', 1: '#2f81f7' },
  },
  dusk: {
    sea: '#13222d', land: '#3a372b', coast: '#8a7f5b', graticule: '#27404f', grid: '#4f7289', text: '#a6bdca', halo: '#101b24',
    port: '#c99b62', restricted: '#b765ad', line: '#d070c2', selected: '#f2f7fa', trail: '#6cc5f0', casing: '#000',
    vessels: ['#46d79c', '#2f8f6c', '#8fa3ea', '#6fb5ff', '#4fc6d8', '#b79ad8', '#98a5af', '#ff4d55'],
    levels: { 4: '#f01622', 3: '#fa7d00', 2: '#ffcc16', 1: '#4d95ff' },
  },
  night: {
    sea: '#04080c', land: '#15130c', coast: '#4d452a', graticule: '#0f202b', grid: '#24404f', text: '#64808f', halo: '#03060a',
    port: '#6a5233', restricted: '#5f3359', line: '#6f3c67', selected: '#a9b8c0', trail: '#2d6b8a', casing: '#000',
    vessels: ['#1f8059', '#15523a', '#46528a', '#34608f', '#2a6a75', '#5c4d70', '#4c565e', '#b3101a'],
    levels: { 4: '#b90d17', 3: '#b95e06', 2: '#a98708', 1: '#2a5fae' },
  },
}

export const chart = (): ChartColours => CHARTS[palette.value]
