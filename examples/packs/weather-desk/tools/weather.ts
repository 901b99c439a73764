import { defineTool, ToolError, z } from '@reeve/sdk';

const place = z.string().min(1).max(100).describe('A town');
const weather = z.object({ place, celsius: z.number(), wind: z.number().describe('Metres a second') });
const warning = z.object({ warning: z.string() });
async function ask<T>(shape: z.ZodType<T>, url: string, init: RequestInit): Promise<T> {
  const answer = await fetch(url, init);
  if (answer.status >= 500) throw new Error(`the service answered ${answer.status}`);
  if (!answer.ok) throw new ToolError('deterministic', `the service refused it: ${answer.status}`);
  return shape.parse(await answer.json());
}
export default defineTool({
  config: z.object({ url: z.url() }),
  capabilities: {
    'weather.now': {
      ...{ title: 'Read the weather', effect: 'read', taints: true, args: z.object({ place }), returns: weather },
      run: ({ args, config: { url }, signal }) => ask(weather, `${url}/now?place=${encodeURI(args.place)}`, { signal }),
    },
    'weather.warn': {
      ...{ title: 'Publish a warning', effect: 'irreversible', edges: ['public'], sensitive: ['text'] },
      ...{ args: z.object({ place, text: z.string().max(500) }), returns: warning },
      run: async ({ args, config: { url }, key, secret, signal }) => {
        const headers = { authorization: `Bearer ${await secret('weather-key')}`, 'idempotency-key': key };
        return ask(warning, `${url}/warnings`, { method: 'POST', headers, body: JSON.stringify(args), signal });
      },
      lookup: ({ config: { url }, key, signal }) =>
        ask(warning.nullable(), `${url}/warnings/${encodeURIComponent(key)}`, { signal }),
    },
  },
});
