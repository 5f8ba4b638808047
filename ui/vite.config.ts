import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds a server: `crosscut serve`, or the development server of `dev/`. */
const server = process.env.CROSSCUT_URL ?? 'http://127.0.0.1:3999';

export default defineConfig({
  // The same build is served below any path, and from the window's own scheme.
  base: './',
  plugins: [svelte()],
  build: {
    target: ['chrome111', 'safari16.4', 'firefox115'],
    // The content security policy takes no data: fonts and no inline styles or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: server, changeOrigin: true } },
  },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'happy-dom',
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
});
