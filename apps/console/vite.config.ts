import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  // The server writes what the paths of the page begin with: it may be below /o/<organisation>.
  base: './',
  plugins: [tailwindcss()],
  // `npm run dev -w @reeve/console` beside a running `npm start`.
  server: { proxy: { '/v1': 'http://127.0.0.1:4600' } },
  build: {
    target: 'es2023',
    // Everything is a file of its own: the policy of the page allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
});
