import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CALL_STATUSES, isFinal } from '@dialgate/domain';
import { expect } from 'chai';
import { documentedSettings, exampleSettings, waysOfACall } from '../src/index.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const readme = read('README.md');

describe('the README', () => {
  it('draws every way that a call can go, and no other', () => {
    const drawn = [...readme.matchAll(/^ {4}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${String(from)} ${String(to)}`);
    expect(new Set(drawn).size).to.equal(drawn.length);
    expect(drawn).to.have.members(waysOfACall().map(({ from, to }) => `${from} ${to}`));
  });

  it('starts the diagram where a call starts, and names the ends', () => {
    expect(readme).to.include('[*] --> pending : ');
    const [, ends = ''] = /^((?:`\w+`(?:, | and )?)+) are final/m.exec(readme) ?? [];
    expect([...ends.matchAll(/\w+/g)].map(String).filter((word) => word !== 'and')).to.have.members(
      CALL_STATUSES.filter(isFinal),
    );
  });

  it('shows an Asterisk configuration that is the one in docker/asterisk', () => {
    const example = /^## Asterisk$[^]*?```ini\n([^]*?)```/m.exec(readme)?.[1] ?? '';
    const files = example.split(/^; (\w+\.conf)\n/m).slice(1);
    expect(files).to.have.lengthOf(8);
    for (let at = 0; at < files.length; at += 2) {
      const real = sectionsOf(read(join('docker/asterisk', files[at] ?? '')));
      const shown = sectionsOf(files[at + 1] ?? '');
      expect(shown).not.to.be.empty;
      for (const section of shown) {
        const fitting = real.filter(
          (one) => one.name === section.name && section.lines.every((l) => one.lines.includes(l)),
        );
        expect(fitting, `[${section.name}] of ${String(files[at])}`).to.have.lengthOf(1);
      }
    }
  });

  it('tells how to watch the events of Asterisk live, and so does the guide', () => {
    const command = 'docker compose logs -f ari-worker | grep "ARI Event"';
    for (const text of [readme, read('docs/production-deployment.md')]) expect(text).to.include(command);
  });
});

describe('the example settings', () => {
  const text = read('.env.example');
  const essential = text.slice(text.indexOf('The essential ones'), text.indexOf('The rest'));

  it('begin with a dozen or so, everything that is required among them', () => {
    const names = [...essential.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(names.length).to.be.within(10, 16);
    expect([...exampleSettings().keys()].slice(0, names.length)).to.deep.equal(names);
    const documented = documentedSettings(['Both services', 'API', 'ari-worker', 'The compose file only']);
    const required = [...documented].filter(([, { defaultsTo }]) => defaultsTo === 'required').map(([name]) => name);
    expect(names).to.include.members(required);
  });

  it('say that Asterisk is not part of it', () => {
    expect(essential).to.match(/Asterisk is yours and stays outside: docker compose starts none/);
  });
});

/** The sections of a configuration of Asterisk, without comments; two may have one name. */
function sectionsOf(text: string): { readonly name: string; readonly lines: readonly string[] }[] {
  return text
    .split(/^(?=\[)/m)
    .filter((section) => section.startsWith('['))
    .map((section) => {
      const [name = '', ...lines] = section.split('\n').map((line) => line.trim());
      return { name: name.slice(1, -1), lines: lines.filter((line) => line !== '' && !line.startsWith(';')) };
    });
}
