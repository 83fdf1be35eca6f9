import js from "@eslint/js";
import globals from "globals";
import typescript from "typescript-eslint";

/** Functions whose last bits differ between engines; src/elementary.ts has the portable ones. */
const engineDependent =
  "exp|expm1|log|log2|log10|log1p|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|pow|hypot|cbrt|random";

export default typescript.config(
  {
    ignores: [
      "build/",
      "coverage/",
      "assembly/",
      "bench/compare/",
      "examples/vite/dist/",
      "examples/vite/node_modules/",
    ],
  },
  js.configs.recommended,
  ...typescript.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ["**/*.ts"] })),
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/report/**", "src/cli/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: `MemberExpression[object.name="Math"][property.name=/^(${engineDependent})$/]`,
          message: "Not the same bits on every engine. Use src/elementary.ts (or src/random.ts).",
        },
        {
          selector: "BinaryExpression[operator='**'], AssignmentExpression[operator='**=']",
          message: "** is not the same bits on every engine. Use src/elementary.ts.",
        },
      ],
    },
  },
  { files: ["examples/page/*.js", "examples/vite/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
  {
    files: ["test/platform/app/*.js"],
    languageOptions: { globals: { ...globals.browser, crossOriginIsolated: "readonly" } },
  },
);
