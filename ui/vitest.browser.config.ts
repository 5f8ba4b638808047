import { defineConfig } from 'vitest/config';

/** The tests that look at the built page in Chromium, against the development server. */
export default defineConfig({
  test: {
    include: ['dev/browser/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
