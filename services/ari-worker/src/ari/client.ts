import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { isAxiosError, type AxiosRequestConfig } from 'axios';
import { wantedEvents, type AriChannel } from './events.js';
import { replyOfAnswer, replyOfNetworkError, type AriReply } from './replies.js';

/** Where and as whom to speak ARI. */
export interface AriAccess {
  /** `http://host:8088/ari` */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Certificates of those who may sign for Asterisk's own, PEM; the well-known ones if absent. */
  readonly ca?: string | undefined;
}

/** Everything this product asks of Asterisk. No function ever throws: see AriReply. */
export type AriClient = ReturnType<typeof openAriClient>;

/** A channel to be made. */
export interface ChannelToCreate {
  readonly id: string;
  readonly endpoint: string;
  readonly app: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface AsteriskInfo {
  readonly system?: { readonly version?: string; readonly entity_id?: string };
  readonly status?: { readonly startup_time?: string };
}

/** Asterisk answers within milliseconds; what takes this long will not be waited for. */
const TIMEOUT_MS = 5_000;

/** A channel list of thousands of calls takes longer. */
const LIST_TIMEOUT_MS = 15_000;

/** Asterisk closes idle connections after 15 s by default; a request on one that is being closed would be lost. */
const IDLE_CONNECTION_MS = 8_000;

/**
 * @param wantsVariables whether Asterisk shall say which variables are set.
 * @param timeoutMs how long most requests may take; more than production's for whoever has the time.
 */
export function openAriClient(access: AriAccess, wantsVariables = false, timeoutMs = TIMEOUT_MS) {
  const agents = openAgents(64, access.ca);
  // For what must never queue behind other requests: the dial, whose time is limited, and the continue, while a callee
  // hears silence.
  const urgent = openAgents(Infinity, access.ca);
  const http = axios.create({
    baseURL: access.url,
    auth: { username: access.username, password: access.password },
    ...agents,
    proxy: false,
    maxRedirects: 0,
    validateStatus: () => true,
  });

  /** @param withinMs from now to the last byte: axios' own time-out begins anew with every byte, and may never end. */
  async function ask<Body = unknown>(request: AxiosRequestConfig, withinMs = timeoutMs): Promise<AriReply<Body>> {
    const signal = AbortSignal.timeout(withinMs);
    try {
      const { status, data } = await http.request<unknown>({ ...request, signal });
      return replyOfAnswer(status, data) as AriReply<Body>;
    } catch (error) {
      if (signal.aborted) return replyOfNetworkError('ETIMEDOUT');
      return replyOfNetworkError(isAxiosError(error) ? error.code : undefined);
    }
  }

  const channelPath = (id: string) => `/channels/${encodeURIComponent(id)}`;

  return {
    /** Makes a channel that enters the application at once and dials nobody yet. */
    createChannel: ({ id, endpoint, app, variables }: ChannelToCreate): Promise<AriReply<AriChannel>> =>
      ask({ method: 'POST', url: '/channels/create', params: { endpoint, app, channelId: id }, data: { variables } }),

    /**
     * Sends the INVITE. Never to be repeated: a second dial before the first 180 is answered 204 and cancels the running
     * call (measured). Given up when it has no answer after `withinMs`, so that it cannot leave later than that.
     */
    dial: (channel: string, timeoutSeconds: number, withinMs: number): Promise<AriReply> =>
      ask(
        { method: 'POST', url: `${channelPath(channel)}/dial`, params: { timeout: timeoutSeconds }, ...urgent },
        withinMs,
      ),

    /** Sends an answered channel on into the dialplan. 404 when it is gone, 409 when it went on already. */
    continueInDialplan: (
      channel: string,
      destination: { readonly context: string; readonly extension: string; readonly priority: number },
    ): Promise<AriReply> =>
      ask({ method: 'POST', url: `${channelPath(channel)}/continue`, params: destination, ...urgent }),

    /** Hangs up. Without a reason: one that names busy or no answer would make our end look like theirs (measured). */
    hangUp: (channel: string): Promise<AriReply> => ask({ method: 'DELETE', url: channelPath(channel) }),

    /** Reads a channel variable or function. */
    readVariable: (channel: string, variable: string): Promise<AriReply<{ value: string }>> =>
      ask({ method: 'GET', url: `${channelPath(channel)}/variable`, params: { variable } }),

    channel: (channel: string): Promise<AriReply<AriChannel>> => ask({ method: 'GET', url: channelPath(channel) }),

    channels: (): Promise<AriReply<AriChannel[]>> => ask({ method: 'GET', url: '/channels' }, LIST_TIMEOUT_MS),

    info: (): Promise<AriReply<AsteriskInfo>> => ask({ method: 'GET', url: '/asterisk/info' }),

    /** The applications that have a socket or a subscription. */
    applications: (): Promise<AriReply> => ask({ method: 'GET', url: '/applications' }),

    /** Asks for our kinds of events only: a third of the traffic. Forgotten when the application is. */
    filterEvents: (app: string): Promise<AriReply> =>
      ask({
        method: 'PUT',
        url: `/applications/${encodeURIComponent(app)}/eventFilter`,
        data: { allowed: wantedEvents(wantsVariables).map((type) => ({ type })) },
      }),

    close: (): void => {
      for (const agent of [...Object.values(agents), ...Object.values(urgent)]) agent.destroy();
    },
  };
}

function openAgents(maxSockets: number, ca: string | undefined) {
  const options = { keepAlive: true, maxSockets, timeout: IDLE_CONNECTION_MS };
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent({ ...options, ca }) };
}
