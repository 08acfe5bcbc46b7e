import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', '**/generated/', '.local/', '**/*.cjs'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // winston's transports are declared as interfaces beside their classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A loop that waits for one thing after another is often just what is meant.
      'no-await-in-loop': 'off',
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // The product: every function fits on a screen, comments and closures included, and every file can be read in one go.
    files: ['packages/*/src/**/*.ts', 'services/*/src/**/*.ts', 'prisma/*.ts'],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 80, IIFEs: true }],
    },
  },
  {
    // What a client sends is matched in time that grows with its length, and not with its square.
    files: ['packages/*/src/**/*.ts', 'services/*/src/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': 'error',
      'regexp/no-dupe-disjunctions': 'error',
    },
  },
  {
    // A router of Express's own would take paths in any case.
    files: ['services/api/src/**/*.ts'],
    ignores: ['services/api/src/middleware/exact-router.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { name: 'express', importNames: ['Router'], allowTypeImports: true, message: 'Take exactRouter().' },
      ],
    },
  },
  {
    // The simulator, the scripts a person runs and the tests may talk to the terminal; chai's assertions are expressions.
    files: [
      'packages/tools/{local-stack,fault-campaign,mutants}/**/*.ts',
      'prisma/**/*.ts',
      'examples/**/*.ts',
      '**/test/**/*.ts',
      '**/bench/**/*.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/test/**/*.ts', 'packages/tools/testing/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'max-lines': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
  },
);
