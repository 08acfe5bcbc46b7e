import { expect } from 'chai';
import {
  apiEnvironment,
  planStart,
  setupEnvironment,
  webhookEnvironment,
  workerEnvironment,
  type ServiceSettings,
} from '../src/start-plan.js';

const SETTINGS: ServiceSettings = {
  databaseUrl: 'postgresql://db/dialgate',
  redisUrl: 'redis://cache',
  port: 8000,
  secretKey: 'k'.repeat(32),
  ari: { url: 'http://pbx:8088/ari', username: 'gateway', password: 'hush' },
};

describe('the plan of npm start', () => {
  it('needs nothing: port 8000, the simulator, a login made up', () => {
    expect(planStart({})).to.deep.equal({
      port: 8000,
      ariUrl: undefined,
      adminUsername: 'admin',
      madeUp: ['SEED_ADMIN_PASSWORD', 'SECRET_KEY'],
    });
  });

  it('honours what is set', () => {
    const env = {
      PORT: '9000',
      SEED_ADMIN_USERNAME: 'root',
      SEED_ADMIN_PASSWORD: 'x',
      SECRET_KEY: 'y',
      ARI_HTTP_URL: 'http://pbx/ari',
    };
    expect(planStart({ ...env, ARI_USERNAME: 'u', ARI_PASSWORD: 'p' })).to.deep.equal({
      port: 9000,
      ariUrl: 'http://pbx/ari',
      adminUsername: 'root',
      madeUp: [],
    });
  });

  it('names every problem at once', () => {
    expect(planStart({ PORT: 'eighty', ARI_HTTP_URL: 'http://pbx/ari' })).to.deep.equal({
      problems: [
        'PORT must be a number between 1 and 65535',
        'ARI_USERNAME must be set when ARI_HTTP_URL is',
        'ARI_PASSWORD must be set when ARI_HTTP_URL is',
      ],
    });
  });

  it('hands every setting on, and to each service only its own secrets', () => {
    const env = {
      PATH: '/bin',
      LOG_FORMAT: 'text',
      DEFAULT_TIMEOUT: '20000',
      ARI_PASSWORD: 'hush',
      SECRET_KEY: 's',
      SECRET_KEY_PREVIOUS: 'r',
      SEED_ADMIN_PASSWORD: 'x',
      npm_config_x: '1',
    };

    const api = apiEnvironment(env, SETTINGS);
    expect(api).to.include({
      PATH: '/bin',
      DEFAULT_TIMEOUT: '20000',
      PORT: '8000',
      SECRET_KEY: SETTINGS.secretKey,
      SECRET_KEY_PREVIOUS: 'r',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'json',
    });
    expect(api).to.not.have.any.keys('ARI_PASSWORD', 'SEED_ADMIN_PASSWORD', 'npm_config_x');

    const open = { DESTINATION_MAX_PER_MINUTE: '0', DESTINATION_MAX_PER_15_MINUTES: '0' };
    expect(api, 'for the simulator').to.include(open);
    expect(apiEnvironment({ ...env, ARI_HTTP_URL: 'http://pbx/ari' }, SETTINGS)).to.not.have.any.keys(
      Object.keys(open),
    );

    const worker = workerEnvironment(env, SETTINGS);
    expect(worker).to.include({
      ARI_HTTP_URL: 'http://pbx:8088/ari',
      ARI_PASSWORD: 'hush',
      DIAL_ENDPOINT: 'PJSIP/{number}@trunk',
      LOG_FORMAT: 'json',
    });
    expect(worker).to.not.have.any.keys('SECRET_KEY', 'SECRET_KEY_PREVIOUS', 'SEED_ADMIN_PASSWORD', 'PORT');

    const webhooks = webhookEnvironment({ ...env, ARI_USERNAME: 'gateway' }, SETTINGS);
    expect(webhooks).to.include({ PATH: '/bin', DATABASE_URL: SETTINGS.databaseUrl, REDIS_URL: SETTINGS.redisUrl });
    expect(webhooks).to.not.have.any.keys(
      'SECRET_KEY',
      'SECRET_KEY_PREVIOUS',
      'SEED_ADMIN_PASSWORD',
      'ARI_USERNAME',
      'ARI_PASSWORD',
      'PORT',
    );

    const setup = setupEnvironment(env, SETTINGS.databaseUrl, { username: 'root', password: 'made up' });
    expect(setup).to.include({ DATABASE_URL: SETTINGS.databaseUrl, SEED_ADMIN_PASSWORD: 'made up' });
    expect(setup).to.not.have.any.keys('SECRET_KEY', 'SECRET_KEY_PREVIOUS', 'ARI_PASSWORD', 'npm_config_x');
  });
});
