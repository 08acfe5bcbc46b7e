import { existsSync } from 'node:fs';
import { eventually, patience, testRedis } from '@dialgate/testing';
import { expect } from 'chai';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { PASSWORD, startApi, type Api } from './api.js';
import { document, operations } from './described.js';
import { freezingProxy, type FreezingProxy } from './frozen-server.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Nothing that a browser does by itself, towards its maker for example. */
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NARROW = { width: 390, height: 800 };
const WIDE = { width: 1280, height: 900 };

/** How long the browser is waited for, in milliseconds: against hanging only. */
const WITHIN_MS = patience(30_000);

describe('the pages in a real browser', () => {
  if (CHROMIUM === undefined) {
    it('are skipped: no Chromium is installed here');
    return;
  }
  let api: Api;
  let browser: Browser;
  let redis: FreezingProxy;
  before(async () => {
    redis = await freezingProxy(testRedis().url);
    api = await startApi({ REDIS_URL: redis.url });
    await eventually(() => api.queue.ready());
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: QUIET, timeout: WITHIN_MS });
  });
  after(async () => {
    await browser.close();
    await api.stop();
    redis.close();
  });

  /** Opens a page as an admin, and closes it again. What goes wrong in it is a complaint. */
  async function visit(
    path: string,
    look: (page: Page, complaints: string[]) => Promise<void>,
    { viewport = WIDE, colorScheme = 'light' }: Pick<BrowserContextOptions, 'viewport' | 'colorScheme'> = {},
  ): Promise<void> {
    const own = `http://127.0.0.1:${api.port()}`;
    const context = await browser.newContext({
      viewport,
      colorScheme,
      httpCredentials: { username: api.admin.username, password: PASSWORD },
    });
    context.setDefaultTimeout(WITHIN_MS);
    const complaints: string[] = [];
    const page = await context.newPage();
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${own}/`) && !url.startsWith('data:')) complaints.push(`asked for ${url}`);
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    try {
      await page.goto(own + path, { waitUntil: 'load' });
      await look(page, complaints);
    } finally {
      await context.close();
    }
  }

  /** Whether the page is wider than its window. */
  const overflows = (page: Page) =>
    page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');

  it('show the queue and a job that waits, and ask no other host for anything', async () => {
    const { body } = await api.send('POST', '/api/v2/interaction/+33100000001');
    const callId = String(body.call_id);
    await eventually(async () => (await api.queue.depth()) === 1);

    await visit('/admin/queues', async (page, complaints) => {
      await page.getByText('originate').first().waitFor();
      await page.getByText('1 Job').first().waitFor();
      expect(complaints).to.deep.equal([]);
    });
    for (const viewport of [WIDE, NARROW]) {
      await visit(
        '/admin/queues/queue/originate',
        async (page, complaints) => {
          await page.getByText(callId).first().waitFor();
          const text = await page.innerText('body');
          expect(text).to.include('callId').and.not.to.include('33100000001');
          // Nothing that would change the queue.
          expect(text).not.to.match(/\b(retry|promote|clean|pause|obliterate|add job)\b/i);
          expect(await overflows(page)).to.equal(false);
          expect(complaints).to.deep.equal([]);
        },
        { viewport },
      );
    }
    await visit(`/admin/queues/queue/originate/${callId}`, async (page, complaints) => {
      await page.getByText(`"${callId}"`).waitFor();
      expect(complaints).to.deep.equal([]);
    });
  });

  it('show the calls of the last hour, beside the queue, and ask no other host for anything', async () => {
    const { body } = await api.send('POST', '/api/v2/interaction/+33100000002');
    const callId = String(body.call_id);
    await api.tables.sql(
      `UPDATE calls SET status = 'failed', dial_sent_at = now(), ended_at = now(), failure_reason = 'unreachable', hangup_cause = 20
       WHERE id = $1`,
      [callId],
    );
    await api.tables.sql('UPDATE users SET username = $2 WHERE id = $1', [api.user.id, 'w'.repeat(64)]);
    for (const [viewport, display] of [
      [WIDE, 'table-cell'],
      [NARROW, 'block'],
    ] as const) {
      await visit(
        '/admin/calls',
        async (page, complaints) => {
          await page.getByText(callId).waitFor();
          expect(await page.innerText('main')).to.include('Hangup cause 20: Subscriber absent.');
          // Its own style was let in by its hash.
          const looks = 'getComputedStyle(document.querySelector("td[data-label]")).display';
          expect(await page.evaluate(looks)).to.equal(display);
          expect(await overflows(page)).to.equal(false);
          await page.getByRole('link', { name: 'Queues' }).click();
          await page.getByText('originate').first().waitFor();
          expect(complaints).to.deep.equal([]);
        },
        { viewport },
      );
    }
  });

  it('show every operation of the API by day and by night, and ask no other host for anything', async () => {
    for (const [viewport, colorScheme, color] of [
      [WIDE, 'light', 'rgb(59, 65, 81)'],
      [NARROW, 'dark', 'rgb(228, 230, 230)'],
    ] as const) {
      await visit(
        '/docs#/Calls/callNumber',
        async (page, complaints) => {
          for (const [name, { operationId, summary, tags }] of operations) {
            const shown = page.locator(`[id="operations-${tags[0]}-${operationId}"]`);
            expect(await shown.locator('.opblock-summary-description').innerText()).to.equal(summary);
            const [method, path] = name.split(' ');
            expect((await shown.locator('.opblock-summary-method').innerText()).toLowerCase()).to.equal(method);
            expect(await shown.locator('.opblock-summary-path').getAttribute('data-path')).to.equal(path);
          }
          // What the gateway sends by itself stands beside what it answers.
          const sent = Object.keys((document as { webhooks?: object }).webhooks ?? {}).length;
          expect(await page.locator('.opblock').count()).to.equal(operations.size + sent);
          expect(await page.title()).to.include(document.info.title);

          const { responses } = operations.get('post /api/v2/interaction/{number}')!;
          const opened = page.locator('[id="operations-Calls-callNumber"]');
          await opened.locator('.responses-table').waitFor();
          const statuses = await opened.locator('.response-col_status').allInnerTexts();
          expect(statuses).to.include.members(Object.keys(responses));
          // A page to read: what it could send would be calls.
          expect(await page.getByText('Try it out').count()).to.equal(0);
          for (const schema of Object.keys(document.components.schemas)) {
            expect(await page.locator('.models').getByText(schema, { exact: true }).count(), schema).to.be.at.least(1);
          }

          expect(await overflows(page)).to.equal(false);
          // The page's own style and script were let in by their hashes.
          const looks =
            '[getComputedStyle(document.body).margin, getComputedStyle(document.querySelector(".swagger-ui")).color]';
          expect(await page.evaluate(looks)).to.deep.equal(['0px', color]);
          expect(complaints).to.deep.equal([]);
        },
        { viewport, colorScheme },
      );
    }
  });

  it('say that Redis is away', async () => {
    await visit('/admin/queues', async (page) => {
      await page.getByText('originate').first().waitFor();
      redis.close();
      // The page that is open looks every five seconds.
      await page
        .getByText('Redis does not answer')
        .first()
        .waitFor({ timeout: patience(15_000) });
      await eventually(async () => {
        await page.reload();
        return (await page.innerText('h1')) === 'Redis does not answer';
      }, 10_000);
      expect(await page.innerText('body')).to.include('No call is lost');
    });
  });
});
