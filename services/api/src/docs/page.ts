import { ERROR_CODES, ERROR_MEANINGS, PROBLEM_JSON } from '../openapi/errors.js';
import type { Answer, Content, Document, Json, Method, Operation } from '../openapi/types.js';
import { httpStatusOf } from '../middleware/errors.js';
import { fieldTable, parameterTable } from './fields.js';
import { code, escaped, inline, prose } from './html.js';
import { STYLE } from './style.js';

/** The document as one page, without scripts and without anything to load. */
export function docsPage(document: Document): string {
  const { info, tags } = document;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)} API ${escaped(info.version)}</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Contents">
<strong>${escaped(info.title)} API</strong>
<span class="soft">${escaped(info.version)} · <a href="/openapi.json">openapi.json</a></span>
${tags.map(({ name }) => navigation(document, name)).join('\n')}
<h2>Reference</h2>
<ul><li><a href="#errors">Error codes</a></li><li><a href="#statuses">Call statuses</a></li><li><a href="#reasons">Failure reasons</a></li></ul>
</nav>
<main>
<h1>${escaped(info.title)}</h1>
<p class="soft">${escaped(info.summary)}</p>
${prose(info.description)}
${tags.map(({ name, description }) => section(document, name, description)).join('\n')}
<h2 id="errors">Error codes</h2>
<p>Errors are problem documents, ${code(PROBLEM_JSON)} (RFC 9457):</p>
${fieldTable(document, { $ref: '#/components/schemas/Problem' }, 'not always')}
<dl>${ERROR_CODES.map((name) => `<dt>${code(name)} <span class="soft">${httpStatusOf(name)}</span></dt><dd>${inline(ERROR_MEANINGS[name])}</dd>`).join('\n')}</dl>
<h2 id="statuses">Call statuses</h2>
${prose(document.components.schemas.CallStatus?.description ?? '')}
<h2 id="reasons">Failure reasons</h2>
${prose(document.components.schemas.FailureReason?.description ?? '')}
</main>
</body>
</html>
`;
}

interface Placed {
  readonly path: string;
  readonly method: Method;
  readonly operation: Operation;
}

function operationsOf(document: Document, tag: string): Placed[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    (Object.entries(methods) as [Method, Operation][])
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ path, method, operation })),
  );
}

function navigation(document: Document, tag: string): string {
  const items = operationsOf(document, tag).map(
    ({ operation }) => `<li><a href="#${operation.operationId}">${escaped(operation.summary)}</a></li>`,
  );
  return `<h2>${escaped(tag)}</h2>\n<ul>${items.join('')}</ul>`;
}

function section(document: Document, tag: string, description: string): string {
  const articles = operationsOf(document, tag).map((placed) => article(document, placed));
  return `<h2>${escaped(tag)}</h2>\n<p class="soft">${escaped(description)}</p>\n${articles.join('\n')}`;
}

function article(document: Document, placed: Placed): string {
  const { path, method, operation } = placed;
  const { parameters = [], requestBody, responses, security } = operation;
  return `<article id="${operation.operationId}">
<h3>${escaped(operation.summary)}</h3>
<p class="route"><span class="method ${method}">${method.toUpperCase()}</span>${code(path)}</p>
${prose(operation.description)}
<p class="soft">${accessOf(security)}</p>
<pre><code>${escaped(curlOf(placed))}</code></pre>
${parameters.length === 0 ? '' : `<details><summary>Path and headers</summary>${parameterTable(parameters)}</details>`}
${requestBody === undefined ? '' : body(document, requestBody.content, requestBody.required)}
<h4>Answers</h4>
${Object.entries(responses)
  .map(([status, answer]) => answerDetails(document, status, answer))
  .join('\n')}
</article>`;
}

function body(document: Document, content: Readonly<Record<string, Content>>, required: boolean): string {
  const kinds = Object.keys(content).map(code).join(' or ');
  const [first] = Object.values(content);
  return `<h4>Body</h4><p class="soft">${kinds}${required ? '' : ', optional'}</p>${first === undefined ? '' : fieldTable(document, first.schema, 'required')}`;
}

function answerDetails(document: Document, status: string, answer: Answer): string {
  const [first = '', ...more] = answer.description.split('\n\n');
  const codes = first.startsWith('`') ? answer.description.match(/^`[a-z_]+`(?=:)/gm) : null;
  const [summary, details] = more.length > 0 && codes !== null ? [codes.join(' '), [first, ...more]] : [first, more];
  const headers = Object.entries(answer.headers ?? {}).filter(([name]) => name !== 'X-Request-ID');
  const isError = Number(status) >= 400;
  return `<details><summary><span class="status">${status}</span> ${inline(summary)}</summary>
${details.map(prose).join('\n')}
${headers.length === 0 ? '' : `<h4>Headers</h4><dl>${headers.map(([name, { description }]) => `<dt>${code(name)}</dt><dd>${inline(description)}</dd>`).join('')}</dl>`}
${Object.entries(answer.content ?? {})
  .map(([type, content]) => contentDetails(document, type, content, isError))
  .join('\n')}
</details>`;
}

function contentDetails(document: Document, type: string, content: Content, isError: boolean): string {
  const examples = Object.entries(content.examples ?? {}).map(
    ([name, { summary, value }]) =>
      `<p class="soft">${inline(summary ?? (isError ? name : 'For example'))}</p><pre><code>${escaped(pretty(value))}</code></pre>`,
  );
  // Problem documents look alike everywhere; their fields stand once, with the error codes.
  const fields = type === PROBLEM_JSON ? '' : fieldTable(document, content.schema, 'not always');
  return `<h4>${escaped(type)}</h4>${fields}${examples.join('')}`;
}

function accessOf(security: Operation['security']): string {
  const ways = security.map((schemes) =>
    'bearerAuth' in schemes ? 'an access token' : 'basicAuth' in schemes ? 'username and password' : 'nothing',
  );
  const others = ways.filter((way) => way !== 'nothing');
  if (others.length === ways.length) return `Needs ${ways.join(' or ')}.`;
  return others.length === 0 ? 'Open to anybody.' : `Open to anybody; ${others.join(' or ')} may tell more.`;
}

/** The request as a line for the shell, with what the examples say. */
function curlOf({ path, method, operation }: Placed): string {
  const { parameters = [], requestBody, security } = operation;
  const url = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((text, { name, example }) => text.replace(`{${name}}`, textOf(example ?? name)), path);
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const example = Object.values(content?.examples ?? {})[0]?.value;
  const ways = security.map((schemes) => Object.keys(schemes)[0]);
  return [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} "$DIALGATE${url}"`,
    ways[0] === 'bearerAuth' ? `-H "Authorization: Bearer $TOKEN"` : ways[0] === 'basicAuth' ? '-u admin' : undefined,
    ...(example === undefined || type === undefined ? [] : bodyLines(type, example)),
  ]
    .filter((line) => line !== undefined)
    .join(' \\\n  ');
}

function bodyLines(type: string, example: Json): string[] {
  if (type === 'application/json')
    return [`-H 'Content-Type: ${type}'`, `-d '${pretty(example).replaceAll('\n', '\n  ')}'`];
  return Object.entries(example as Record<string, Json>).map(
    ([name, value]) => `--data-urlencode '${name}=${textOf(value)}'`,
  );
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function pretty(value: Json): string {
  return JSON.stringify(value, null, 2);
}
