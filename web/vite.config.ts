import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { chunks } from './chunks.ts';

/** Hosting answers addresses that no page has with 404.html and that status: the same app, which says so. */
const notFoundPage: Plugin = {
  name: 'not-found-page',
  enforce: 'post',
  generateBundle(_options, bundle) {
    const index = bundle['index.html'];
    if (index?.type !== 'asset') throw new Error('There is no index.html to copy.');
    this.emitFile({ type: 'asset', fileName: '404.html', source: index.source });
  },
};

export default defineConfig({
  plugins: [react(), notFoundPage],
  build: {
    // These know light-dark(), which is built for older ones into switches that Mantine's color-scheme does not set.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    rolldownOptions: {
      input: ['index.html', 'service-worker/service-worker.ts'],
      output: {
        // Browsers look for a newer one at the address that they know.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        codeSplitting: chunks,
      },
    },
  },
});
