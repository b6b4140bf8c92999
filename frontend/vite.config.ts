import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'

const backend = process.env.JICENG_BACKEND ?? 'http://127.0.0.1:8000'

export default defineConfig(({ mode }) => ({
  // Relative asset addresses: the server may mount the application under a sub-path
  // and then only rewrites <base href> in index.html.
  base: './',
  plugins: [
    vue(),
    Components({
      dirs: [],
      // Tests see the real components and have no use for their styles.
      resolvers: [ElementPlusResolver({ importStyle: mode === 'test' ? false : 'css', directives: false })],
      dts: 'components.d.ts',
    }),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: false, __VUE_I18N_FULL_INSTALL__: false, __VUE_I18N_LEGACY_API__: false },
  build: {
    outDir: '../platform/web/static',
    emptyOutDir: true,
    target: 'chrome85',
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/schema'].map((path) => [path, { target: backend, changeOrigin: false }]),
    ),
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts', 'src/**/*.test.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
}))
