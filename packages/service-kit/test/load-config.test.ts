import { expect } from 'chai';
import Joi from 'joi';
import { ConfigError, databaseUrl, list, loadConfig, wholeNumber } from '../src/index.js';

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
