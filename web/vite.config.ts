/** One page, relative addresses, no inline script: what the server's CSP allows and nothing more. */
import { createHash } from 'node:crypto'
import { defineConfig, type Plugin } from 'vite'
import { land } from './build/land.ts'

function coast(): Plugin {
  const body = land()
  const name = `assets/land-${createHash('sha256').update(body).digest('hex').slice(0, 8)}.json`
  return {
    name: 'coast',
    config: () => ({ define: { __LAND__: JSON.stringify(name) } }),
    configureServer: (server) => {
      server.middlewares.use(`/${name}`, (_, response) => response.end(body))
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: name, source: body })
    },
  }
}

const API = process.env.FLEET_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: './',
  plugins: [coast()],
  build: {
    // Chromium 86 is what the office browsers of 2021 were built on.
    target: ['chrome86', 'firefox78', 'safari14'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { proxy: { '/api': { target: API, ws: true, changeOrigin: true } } },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0])
