import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { startAsteriskSimulator, type AsteriskSimulator } from '@dialgate/asterisk-simulator';
import { expect } from 'chai';
import { Liquid } from 'liquidjs';
import { parse } from 'yaml';
import { startGateway, type Gateway } from './gateway.js';

const ARI = { username: 'gateway', password: 'hush-hush-simulated' };
const NUMBER = '+33145678001';
/** With what breaks a text that is put into JSON by hand. */
const MESSAGE = 'Disk "data" is\nfull: C:\\ {{ 1 }} – äöü';

describe('the recipes', function () {
  this.timeout(120_000);
  let simulator: AsteriskSimulator;
  let gateway: Gateway;

  before(async () => {
    simulator = await startAsteriskSimulator({ ...ARI, speed: 10 });
    gateway = await startGateway({ ...ARI, url: simulator.ariUrl });
  });
  after(async () => {
    await gateway.stop();
    await simulator.close();
  });

  /** A recipe, with this gateway's address in it as a user would put theirs. */
  function recipe(name: string): string {
    const file = fileURLToPath(new URL(`../../../../examples/recipes/${name}`, import.meta.url));
    const text = readFileSync(file, 'utf8');
    expect(text).to.include('https://calls.example.com');
    return text.replaceAll('https://calls.example.com', gateway.url);
  }

  /** What the call that was made knows of the alarm. @throws when there was none. */
  async function madeCall(answer: { readonly status: number; readonly text: string }): Promise<unknown> {
    expect(answer.status, answer.text).to.equal(202);
    const { call_id: id } = JSON.parse(answer.text) as { call_id: string };
    const call = await gateway.ended(id);
    expect([call.phone_number, call.status]).to.deep.equal([NUMBER, 'completed']);
    return call.metadata;
  }

  async function send(url: string, method: string, headers: Record<string, string>, body?: string) {
    const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, text: await answer.text() };
  }

  it('for Uptime Kuma makes a call of an alarm', async () => {
    const notification = parse(recipe('uptime-kuma.yaml')) as Record<string, string>;
    expect([notification.type, notification.webhookContentType]).to.deep.equal(['webhook', 'custom']);
    const values = { name: 'the "shop"', status: '🔴 Down', msg: MESSAGE };
    const body = (await new Liquid().parseAndRender(notification.webhookCustomBody!, values)) as string;
    const headers = JSON.parse(notification.webhookAdditionalHeaders!.replace('DIALGATE_KEY', gateway.token)) as Record<
      string,
      string
    >;
    const answer = await send(notification.webhookURL!, notification.httpMethod!, headers, body);
    expect(await madeCall(answer)).to.deep.equal({ monitor: 'the "shop"', status: '🔴 Down', message: MESSAGE });
  });

  it('for Zabbix makes one call of an event, and says what the gateway refuses', async () => {
    const { media_types: types } = (parse(recipe('zabbix-media-type.yaml')) as { zabbix_export: ZabbixExport })
      .zabbix_export;
    const { script, parameters } = types[0]!;
    const attempt = (sendTo: string): string => {
      const macros: Record<string, string> = {
        '{EVENT.ID}': '4711',
        '{$DIALGATE.KEY}': gateway.token,
        '{ALERT.MESSAGE}': MESSAGE,
        '{ALERT.SUBJECT}': 'PROBLEM',
        '{ALERT.SENDTO}': sendTo,
      };
      const given = Object.fromEntries(parameters.map(({ name, value }) => [name, macros[value] ?? value]));
      // Zabbix takes a script for the body of a function of `value`.
      const run = compileFunction(script, ['value', 'HttpRequest']) as (value: string, request: unknown) => string;
      return run(JSON.stringify(given), ZabbixRequest);
    };

    const { tags } = JSON.parse(attempt(NUMBER)) as { tags: { dialgate_call: string } };
    const call = await gateway.ended(tags.dialgate_call);
    expect(call.status).to.equal('completed');
    expect(call.metadata).to.deep.equal({ event: '4711', subject: 'PROBLEM', message: MESSAGE });
    expect(JSON.parse(attempt(NUMBER)), 'tried again').to.deep.equal({ tags });

    let refusal: unknown = null;
    try {
      attempt('+331');
    } catch (error) {
      refusal = error;
    }
    expect(refusal).to.match(/^Dialgate answered 400: .*invalid_request/);
  });

  it('for Home Assistant makes a call of an action, also when a template says the number', async () => {
    const tag = {
      tag: '!secret',
      resolve: (name: string) => ({ dialgate_authorization: `Bearer ${gateway.token}` })[name],
    };
    const { rest_command: commands } = parse(recipe('home-assistant.yaml'), { customTags: [tag] }) as HomeAssistant;
    const { url, method, headers, content_type: type, payload } = commands.dialgate_call!;
    // Home Assistant makes a number of every text in an action's data that was a template and looks like one.
    for (const number of [NUMBER, Number(NUMBER)]) {
      const body = inHomeAssistant(payload, { number, message: MESSAGE });
      const answer = await send(url, method, { ...headers, 'content-type': type }, body);
      expect(await madeCall(answer)).to.deep.equal({ message: MESSAGE });
    }
  });

  it('for n8n makes one call of each item, however often it is tried, and waits until it is over', async () => {
    const { id, nodes, connections } = JSON.parse(recipe('n8n-workflow.json')) as Workflow;
    // `n8n import:workflow` needs the one; the editor finds a credential by its name only where the other is null.
    const given = nodes.flatMap(({ credentials }) => (credentials === undefined ? [] : [credentials.httpHeaderAuth]));
    const credential = { id: null, name: 'Dialgate' };
    expect([id, given]).to.deep.equal(['dialgateCallWait', [credential, credential]]);
    const behind = (name: string, output = 0): string => connections[name]!.main[output]![0]!.node;
    const node = (name: string) => nodes.find((one) => one.name === name)!;
    const run = async (name: string, $json: unknown, $itemIndex = 0) => {
      const { parameters } = node(name);
      const known = {
        $json,
        $itemIndex,
        $runIndex: 0,
        $execution: { id: '231' },
        $workflow: { id: 'EJYXAmnN8cGhqhBK' },
      };
      const filled = (text: string): string => String(inN8n(text, known));
      const sent = (parameters.headerParameters?.parameters ?? []).map((one) => [one.name, filled(one.value)] as const);
      const headers = {
        ...Object.fromEntries(sent),
        authorization: `Bearer ${gateway.token}`,
        'content-type': 'application/json',
      };
      const body = parameters.jsonBody === undefined ? undefined : filled(parameters.jsonBody);
      return send(filled(parameters.url!), parameters.method!, headers, body);
    };

    expect(node('Start').type).to.equal('n8n-nodes-base.manualTrigger');
    const call = behind('Start');
    const answer = await run(call, {});
    expect(await madeCall(answer)).to.deep.equal({ workflow: '231' });
    expect(await run(call, {}), 'tried again').to.deep.equal(answer);
    const next = await run(call, {}, 1);
    expect(await madeCall(next)).to.deep.equal({ workflow: '231' });
    expect(next.text, 'the next item').to.not.equal(answer.text);

    const look = behind(behind(call));
    const seen = await run(look, JSON.parse(answer.text));
    expect([seen.status, behind(look)]).to.deep.equal([200, 'Is it over?']);
    const [condition] = node('Is it over?').parameters.conditions!.conditions;
    expect(inN8n(condition!.leftValue, { $json: JSON.parse(seen.text) })).to.equal(true);
    expect(connections['Is it over?']!.main[0]).to.deep.equal([]);
    expect(behind('Is it over?', 1), 'it waits once more').to.equal(behind(call));
  });
});

interface ZabbixExport {
  readonly media_types: readonly {
    readonly script: string;
    readonly parameters: readonly { readonly name: string; readonly value: string }[];
  }[];
}

interface HomeAssistant {
  readonly rest_command: Readonly<
    Record<
      string,
      { url: string; method: string; headers: Record<string, string>; content_type: string; payload: string }
    >
  >;
}

interface Workflow {
  readonly id: string;
  readonly nodes: readonly {
    readonly name: string;
    readonly type: string;
    readonly credentials?: { readonly httpHeaderAuth: { readonly id: unknown; readonly name: string } };
    readonly parameters: {
      readonly url?: string;
      readonly method?: string;
      readonly jsonBody?: string;
      readonly headerParameters?: { readonly parameters: readonly { readonly name: string; readonly value: string }[] };
      readonly conditions?: { readonly conditions: readonly { readonly leftValue: string }[] };
    };
  }[];
  readonly connections: Readonly<Record<string, { readonly main: readonly (readonly { readonly node: string }[])[] }>>;
}

/** A text of n8n's: an expression when it begins with `=`, in which `{{ … }}` is JavaScript. */
function inN8n(text: string, known: Readonly<Record<string, unknown>>): unknown {
  if (!text.startsWith('=')) return text;
  const evaluate = (code: string): unknown => {
    const run = compileFunction(`return (${code});`, Object.keys(known)) as (...values: unknown[]) => unknown;
    return run(...Object.values(known));
  };
  const whole = /^=\{\{(.*)\}\}$/s.exec(text);
  if (whole !== null && !whole[1]!.includes('{{')) return evaluate(whole[1]!);
  return text.slice(1).replace(/\{\{(.*?)\}\}/gs, (_, code: string) => String(evaluate(code)));
}

/** A template of Home Assistant's, as far as the recipe uses Jinja: a name or `a if b is string else c`, made JSON. */
function inHomeAssistant(template: string, data: Readonly<Record<string, string | number>>): string {
  const value = (expression: string): unknown => {
    const choice = /^\((.+) if (\w+) is string else (.+)\)$/.exec(expression);
    if (choice !== null) return value(typeof data[choice[2]!] === 'string' ? choice[1]! : choice[3]!);
    const plus = /^'\+' ~ (\w+)$/.exec(expression);
    return plus === null ? data[expression] : `+${String(data[plus[1]!])}`;
  };
  return template.replace(/\{\{ (.+?) \| to_json \}\}/g, (_, expression: string) => JSON.stringify(value(expression)));
}

/** Zabbix's HttpRequest, as far as the script uses it: it waits for the answer where it stands. */
class ZabbixRequest {
  readonly #headers: string[] = [];
  #status = 0;

  addHeader(line: string): void {
    this.#headers.push(line);
  }

  post(url: string, body: string): string {
    const program = `
      const { url, headers, body } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
      fetch(url, { method: 'POST', headers, body }).then(async (answer) =>
        console.log(JSON.stringify({ status: answer.status, text: await answer.text() })));`;
    const headers = this.#headers.map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 1).trim()]);
    const input = JSON.stringify({ url, headers, body });
    const { PATH } = process.env;
    const out = execFileSync(process.execPath, ['-e', program], { input, encoding: 'utf8', env: { PATH } });
    const { status, text } = JSON.parse(out) as { status: number; text: string };
    this.#status = status;
    return text;
  }

  getStatus(): number {
    return this.#status;
  }
}
