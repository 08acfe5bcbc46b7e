/** Helps the dark and the narrow page, and hides what only matters to pages that send requests. */
export const STYLE = `
body { margin: 0; }
html.dark-mode :is(.header-col, .examples-select__section-label) { color: #e4e6e6 !important; }
@media (max-width: 40em) {
  .swagger-ui :is(.parameters, .responses-table, .headers) :is(tr, td) { display: block; max-width: 100%; padding: .2rem 0; }
  .swagger-ui :is(.parameters, .responses-table, .headers) thead, .swagger-ui .header-col:last-child { display: none; }
}
.swagger-ui .authorization__btn { pointer-events: none; }
.swagger-ui :is(.scheme-container, .response-control-media-type__accept-message, .response-col_links, input[disabled]) { display: none; }
`;

/** Dark where the reader's system is. */
export const SCRIPT = `
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', follow);
follow();
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, supportedSubmitMethods: [], defaultModelExpandDepth: 2 });
`;

/** Shows `/openapi.json` by Swagger UI, whose two files lie under `/docs/`. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dialgate API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<style>${STYLE}</style>
</head>
<body>
<main id="docs"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script>${SCRIPT}</script>
</body>
</html>
`;
