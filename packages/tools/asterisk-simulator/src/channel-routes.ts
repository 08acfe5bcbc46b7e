import type { Calls, CreateRequest, Refusal } from './calls.js';
import type { Channel, ChannelView } from './channel.js';
import { channelView, farHalfView } from './channel.js';
import { variablesOf } from './channel-variables.js';
import type { Dialplan } from './dialplan.js';
import { placeExists } from './dialplan.js';
import { DELETE_REASONS } from './hangup-causes.js';
import type { AriRequest } from './http-request.js';
import type { Route } from './http-routes.js';
import type { Reply } from './replies.js';
import { ALLOCATION_FAILED, NO_CONTENT, ok, refuse } from './replies.js';

/** Everything below `/ari/channels`. */
export function channelRoutes({ calls, dialplan }: { calls: Calls; dialplan: Dialplan }): Route[] {
  // Asterisk keeps the reason of its last failed request per thread and never clears it: after one real 409, every
  // allocation failure on that keep-alive connection is called "already exists" as well.
  const onceConflicted = new WeakSet();

  function create(request: AriRequest): Reply {
    const wanted = createRequestOf(request);
    if ('status' in wanted) return wanted;

    const channel = calls.create(wanted);
    if (channel === 'invalid') return refuse(400, 'Invalid endpoint specified');
    if (channel === 'exists') onceConflicted.add(request.connection);
    if (channel === 'exists' || channel === 'refused') {
      return onceConflicted.has(request.connection) ? ALREADY_EXISTS : ALLOCATION_FAILED;
    }
    return ok(channelView(channel));
  }

  function dial(request: AriRequest, id: string): Reply {
    return done(calls.dial(id, Number.parseInt(request.param('timeout'), 10) || 0));
  }

  function continueInDialplan({ param }: AriRequest, id: string): Reply {
    const context = param('context');
    const extension = param('extension');
    const priority = Number.parseInt(param('priority'), 10) || 0;
    const refusal = calls.continueAt(id, {
      ...(context === '' ? {} : { context }),
      ...(extension === '' ? {} : { extension }),
      ...(priority === 0 ? {} : { priority }),
    });
    return done(refusal);
  }

  function hangUp({ param }: AriRequest, id: string): Reply {
    if (find(id) === null) return NO_SUCH_CHANNEL;
    const cause = causeAskedFor(param('reason'), param('reason_code'));
    if (typeof cause !== 'number') return cause;
    calls.hangUp(id, cause);
    return NO_CONTENT;
  }

  function getVariable({ param }: AriRequest, id: string): Reply {
    const name = param('variable');
    if (name === '') return refuse(400, 'Variable name is required');
    const channel = calls.find(id);
    if (channel === null) return NO_SUCH_CHANNEL;
    const value = valueOf(channel, name, dialplan);
    if (value === null && name.startsWith('HANGUPCAUSE(')) return refuse(500, 'Unable to read provided function');
    return value === null ? refuse(404, 'Provided variable was not found') : ok({ value });
  }

  function setVariable({ param }: AriRequest, id: string): Reply {
    const channel = calls.find(id);
    if (channel === null) return NO_SUCH_CHANNEL;
    if (channel.place !== 'stasis') return NOT_IN_STASIS;
    if (param('variable') === '') return refuse(400, 'Variable name is required');
    calls.setVariable(channel, { name: param('variable'), value: param('value'), reported: false });
    return NO_CONTENT;
  }

  function list(): ChannelView[] {
    const views: ChannelView[] = [];
    for (const channel of calls.all()) {
      views.push(channelView(channel));
      if (channel.farHalfId !== null) views.push(farHalfView(channel, channel.farHalfId));
    }
    return views;
  }

  function find(id: string): ChannelView | null {
    const channel = calls.find(id);
    if (channel !== null) return channelView(channel);
    const nearHalf = calls.findByFarHalf(id);
    return nearHalf === null ? null : farHalfView(nearHalf, id);
  }

  function get(id: string): Reply {
    const view = find(id);
    return view === null ? NO_SUCH_CHANNEL : ok(view);
  }

  return [
    { method: 'GET', path: ['channels'], kind: 'list-channels', answer: () => ok(list()) },
    { method: 'POST', path: ['channels'], kind: 'originate', answer: () => NOT_SIMULATED },
    { method: 'POST', path: ['channels', 'create'], kind: 'create', answer: create },
    { method: 'GET', path: ['channels', ':id'], kind: 'get-channel', answer: (_, id) => get(id) },
    { method: 'POST', path: ['channels', ':id'], kind: 'originate', answer: () => NOT_SIMULATED },
    { method: 'DELETE', path: ['channels', ':id'], kind: 'hang-up', answer: hangUp },
    { method: 'POST', path: ['channels', ':id', 'dial'], kind: 'dial', answer: dial },
    { method: 'POST', path: ['channels', ':id', 'continue'], kind: 'continue', answer: continueInDialplan },
    { method: 'GET', path: ['channels', ':id', 'variable'], kind: 'get-variable', answer: getVariable },
    { method: 'POST', path: ['channels', ':id', 'variable'], kind: 'set-variable', answer: setVariable },
  ];
}

const NO_SUCH_CHANNEL = refuse(404, 'Channel not found');
const NOT_IN_STASIS = refuse(409, 'Channel not in Stasis application');
const ALREADY_EXISTS = refuse(409, 'Channel with given unique ID already exists');
const NOT_SIMULATED = refuse(501, 'The simulator does not originate: create the channel, then dial it');

const REFUSALS: Readonly<Record<Refusal, Reply>> = {
  'not-found': NO_SUCH_CHANNEL,
  'not-in-stasis': NOT_IN_STASIS,
  'not-down': refuse(409, "Channel is not in the 'Down' state"),
  'invalid-state': refuse(412, 'Channel in invalid state'),
};

/** The longest id a channel may be given, in characters. */
const LONGEST_CHANNEL_ID = 149;

function done(refusal: Refusal | null): Reply {
  return refusal === null ? NO_CONTENT : REFUSALS[refusal];
}

function createRequestOf({ param, body }: AriRequest): CreateRequest | Reply {
  const variables = variablesOf(body?.variables);
  if ('status' in variables) return variables;
  if (param('endpoint') === '') return refuse(400, 'Endpoint must be specified');
  if (param('app') === '') return refuse(400, 'Application must be specified');

  const channelId = param('channelId');
  if (channelId.length > LONGEST_CHANNEL_ID) {
    return refuse(400, `Uniqueid length exceeds maximum of ${LONGEST_CHANNEL_ID}`);
  }
  return {
    endpoint: param('endpoint'),
    app: param('app'),
    appArgs: param('appArgs'),
    channelId: channelId === '' ? null : channelId,
    variables: variables.list,
  };
}

/** A code is taken as it comes, unchecked; 0 and -1 mean "none given", which is 16. */
function causeAskedFor(reason: string, reasonCode: string): number | Reply {
  if (reason !== '' && reasonCode !== '') return refuse(400, "The reason and reason_code can't both be specified");
  if (reasonCode !== '') {
    const code = Number.parseInt(reasonCode, 10);
    if (Number.isNaN(code)) return refuse(400, 'Invalid reason code for hangup provided');
    return code <= 0 ? 16 : code;
  }
  if (reason === '') return 16;
  const cause = Object.hasOwn(DELETE_REASONS, reason) ? DELETE_REASONS[reason] : undefined;
  return cause ?? refuse(400, 'Invalid reason for hangup provided');
}

/** Plain variables and the few dialplan functions a gateway asks for; null if there is nothing by that name. */
function valueOf(channel: Channel, name: string, dialplan: Dialplan): string | null {
  const call = /^([A-Z_]+)\((.*)\)$/.exec(name);
  if (call === null) return channel.variables.get(name) ?? null;

  const [context = '', extension = '', priority = '1'] = (call[2] ?? '').split(',');
  if (call[1] === 'DIALPLAN_EXISTS') {
    return placeExists(dialplan, { context, extension, priority: Number.parseInt(priority, 10) }) ? '1' : '0';
  }
  if (call[1] === 'CONNECTEDLINE') return context === 'name' ? channel.connected.name : channel.connected.number;
  if (call[1] === 'HANGUPCAUSE') return context === channel.name && extension === 'tech' ? channel.response : null;
  if (call[1] === 'CHANNEL') return context === 'name' ? channel.name : channel.state;
  return channel.variables.get(name) ?? null;
}
