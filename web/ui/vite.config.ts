import { defineConfig } from 'vite';

// The pages go into dist, which the Go binary embeds. public/.keep is copied along, so that the folder is never empty.
export default defineConfig({
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    assetsInlineLimit: 0, // the Content-Security-Policy names 'self', so every asset is a file
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  // `npm run fake` is the server that the desk is developed against; a real mediasrv works as well.
  server: {
    proxy: {
      '/api': { target: process.env.MEDIASRV ?? 'http://127.0.0.1:5180', ws: true, secure: false },
      '/sip': { target: process.env.MEDIASRV ?? 'http://127.0.0.1:5180', ws: true, secure: false },
    },
  },
});
