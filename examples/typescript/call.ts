// Calls a number and shows what becomes of it as it happens. It ends with 0 when the call was answered, else with 1.
//
//   DIALGATE_URL=https://calls.example.com DIALGATE_KEY=dg_… node --import tsx examples/typescript/call.ts +33145678001
import { createDialgateClient } from '@dialgate/client';

const { DIALGATE_URL: baseUrl, DIALGATE_KEY: apiKey } = process.env;
const [number] = process.argv.slice(2);
if (baseUrl === undefined || apiKey === undefined || number === undefined) {
  throw new Error('usage: DIALGATE_URL=… DIALGATE_KEY=… call.ts NUMBER');
}

const dialgate = createDialgateClient({ baseUrl, apiKey });
const { call_id: id } = await dialgate.createCall({ phone_number: number, metadata: { from: 'the example' } });
console.log(`accepted ${id}`);

for await (const { at, event, status } of dialgate.streamCall(id)) console.log(`${at} ${event} ${status ?? ''}`.trim());

const { status, failure_reason: reason } = await dialgate.getCall(id);
console.log(reason === null ? `ended ${status}` : `ended ${status}: ${reason}`);
process.exitCode = status === 'completed' ? 0 : 1;
