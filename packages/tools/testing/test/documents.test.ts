import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { documentedCode, type DocumentedCode } from '../src/index.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/** What is no part of the sources, or made of them. */
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.local', 'generated']);

const FILES = filesBelow('');
const DIRECTORIES = new Set(FILES.flatMap((file) => parents(file)));
const DOCUMENTS = FILES.filter((file) => file.endsWith('.md'));

describe('the documents', () => {
  for (const document of DOCUMENTS) {
    const text = readFileSync(join(ROOT, document), 'utf8');

    it(`${document} points to files and headings that are there`, () => {
      for (const [, target = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = '', heading] = target.split('#');
        const file = path === '' ? document : join(dirname(document), path);
        expect(existsSync(join(ROOT, file)), target).to.equal(true);
        if (heading !== undefined) expect(headingsOf(file), target).to.include(heading);
      }
    });

    it(`${document} names files and directories that are there`, () => {
      const named = [...text.matchAll(/`([^`\s]+)`/g)].map(([, name = '']) => name);
      expect(named.filter((name) => isPath(name) && !isThere(name))).to.deep.equal([]);
    });

    it(`${document} has no table that is too wide to be read as it stands`, () => {
      const wide = text.split('\n').filter((line) => line.startsWith('|') && line.length > 160);
      expect(wide).to.deep.equal([]);
    });

    it(`${document} has no request and no JavaScript that nothing runs`, () => {
      const unrun = documentedCode(document).filter((block) => isToBeRun(block) && !isRun(block));
      expect(unrun.map(({ heading }) => heading)).to.deep.equal([]);
    });
  }
});

/** Whether a block is one that readers copy and run against their gateway, or build on. */
function isToBeRun({ language, code }: DocumentedCode): boolean {
  return language === 'js' || (language === 'sh' && /\bcurl\b/.test(code));
}

/** Whether it says which test runs it, and that test knows of its document; or what a script finds it by (guide.test.ts has those). */
function isRun({ document, mark }: DocumentedCode): boolean {
  if (mark?.kind !== 'verified') return mark?.kind === 'run';
  return existsSync(join(ROOT, mark.says)) && readFileSync(join(ROOT, mark.says), 'utf8').includes(document);
}

/** Whether a word of code is meant as a place in this checkout: a file of ours, or something below one of our directories. */
function isPath(name: string): boolean {
  if (/[*{}<>|$]|^\/|dist\//.test(name)) return false;
  return (
    /^[\w./@-]+\.(ts|mjs|cjs|prisma|md)$/.test(name) || /^(packages|services|docker|docs|prisma|\.ci)\//.test(name)
  );
}

/** Paths may begin anywhere, where it is clear: `calls/create-call.ts`. The end of one may be left open: `routes/…`. */
function isThere(name: string): boolean {
  const path = name.replace(/\/?(…)?$/, '');
  return FILES.some((file) => file === path || file.endsWith(`/${path}`)) || DIRECTORIES.has(path);
}

/** As GitHub makes anchors of headings. */
function headingsOf(file: string): string[] {
  const headings = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text);
  return headings.map((text) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9_ -]/g, '')
      .replaceAll(' ', '-'),
  );
}

function filesBelow(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (NOT_OURS.has(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function parents(file: string): string[] {
  const directory = dirname(file);
  return directory === '.' ? [] : [directory, ...parents(directory)];
}
