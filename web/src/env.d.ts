/// <reference types="vite/client" />
/** Address of the coast beside the page; vite.config.ts makes it. */
declare const __LAND__: string
