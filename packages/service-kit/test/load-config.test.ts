import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import Joi from 'joi';
import { ConfigError, databaseUrl, list, loadConfig, wholeNumber, withSecretFiles } from '../src/index.js';

interface Settings {
  DATABASE_URL: string;
  SECRET: string;
  PORT: number;
  ORIGINS: string[];
}

const schema = Joi.object<Settings, true>({
  DATABASE_URL: databaseUrl(),
  SECRET: Joi.string().min(8).required(),
  PORT: wholeNumber(0, 65_535).default(8000),
  ORIGINS: list().default([]),
});

const GOOD = { DATABASE_URL: 'postgresql://localhost/x', SECRET: 'long enough' };

describe('configuration', () => {
  it('is converted, completed and frozen, without what nobody asked for', () => {
    const config = loadConfig(schema, { ...GOOD, PORT: '9000', ORIGINS: 'https://a, https://b,', HOME: '/root' });
    expect(config).to.deep.equal({ ...GOOD, PORT: 9000, ORIGINS: ['https://a', 'https://b'] });
    expect(Object.isFrozen(config)).to.equal(true);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig(schema, { ...GOOD, PORT: '' }).PORT).to.equal(8000);
  });

  it('names every problem at once and no value', () => {
    let problems: readonly string[] = [];
    try {
      loadConfig(schema, { SECRET: 'hush', PORT: '99999' });
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError);
      problems = (error as ConfigError).problems;
    }
    expect(problems.length).to.equal(3);
    expect(problems.join()).to.include('DATABASE_URL').and.include('SECRET').and.include('PORT');
    expect(problems.join()).not.to.include('hush').and.not.include('99999');
  });

  it('shows no value where a rule of Joi’s would', () => {
    const coded = Joi.object<{ CODE: string }>({ CODE: Joi.string().pattern(/^[a-z]+$/) });
    expect(() => loadConfig(coded, { CODE: 'Hush1' }))
      .to.throw(ConfigError, 'CODE')
      .with.property('message')
      .that.does.not.include('Hush1');
  });
});

describe('a secret in a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dialgate-secret-'));
  const file = (name: string, contents: string) => {
    writeFileSync(join(directory, name), contents);
    return join(directory, name);
  };
  after(() => rmSync(directory, { recursive: true }));

  const secrets = Joi.object<{ DATABASE_URL: string; SECRET_KEY?: string }>({
    DATABASE_URL: databaseUrl(),
    SECRET_KEY: Joi.string(),
  });
  const URL = 'postgresql://x:hush@localhost/x';

  it('is read as if it stood in the variable, without the line end behind it', () => {
    for (const [contents, secret] of [
      ['hush hush', 'hush hush'],
      ['hush hush\n', 'hush hush'],
      ['hush hush\r\n', 'hush hush'],
      [' hush\nhush \n\n', ' hush\nhush \n'],
    ] as const) {
      const given = { DATABASE_URL_FILE: file('url', `${URL}\n`), SECRET_KEY_FILE: file('key', contents) };
      expect(loadConfig(secrets, given), JSON.stringify(contents)).to.deep.equal({
        DATABASE_URL: URL,
        SECRET_KEY: secret,
      });
    }
  });

  it('of nothing is a variable that is not set, and so is a name of nothing', () => {
    expect(loadConfig(secrets, { DATABASE_URL: URL, SECRET_KEY_FILE: file('none', '\n') })).not.to.have.property(
      'SECRET_KEY',
    );
    expect(loadConfig(secrets, { DATABASE_URL: URL, DATABASE_URL_FILE: '' }).DATABASE_URL).to.equal(URL);
  });

  it('that cannot be read, or is given twice, is said by its variable, with no word of contents or paths', () => {
    const given = {
      DATABASE_URL: URL,
      DATABASE_URL_FILE: file('url', 'postgresql://x:whisper@localhost/x'),
      SECRET_KEY_FILE: join(directory, 'hush'),
    };
    expect(() => loadConfig(secrets, given))
      .to.throw(ConfigError)
      .with.property('problems')
      .that.deep.equals(['DATABASE_URL and DATABASE_URL_FILE are both set', 'SECRET_KEY_FILE cannot be read (ENOENT)']);
    expect(() => withSecretFiles({ ARI_PASSWORD_FILE: directory })).to.throw(
      ConfigError,
      'ARI_PASSWORD_FILE cannot be read (EISDIR)',
    );
  });

  it('is not opened where nobody wants it, and is for secrets only', () => {
    const nobodys = { DATABASE_URL: URL, ARI_PASSWORD_FILE: join(directory, 'nowhere'), PORT_FILE: directory };
    expect(loadConfig(secrets, nobodys)).to.deep.equal({ DATABASE_URL: URL });
    expect(withSecretFiles({ PORT_FILE: directory })).to.deep.equal({ PORT_FILE: directory });
  });
});
