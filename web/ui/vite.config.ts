import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { compressedCopies } from './build-tools/compressed-copies';

// `vite build --outDir DIR` writes index.html, served at /dashboard, and hashed files under /assets/.
export default defineConfig({
  base: '/',
  plugins: [svelte(), compressedCopies()],
  build: {
    target: 'es2022',
    // Strict Content-Security-Policy: nothing may be inlined into the page, and images stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // `ATLAS_SERVER=http://127.0.0.1:8768 npm run dev` works against a running service.
    proxy: { '/api': { target: process.env['ATLAS_SERVER'] ?? 'http://127.0.0.1:8768', ws: true } },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
