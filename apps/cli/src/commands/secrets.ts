import { type Context, print, usage } from '../context.ts';
import { openSecrets } from '../house.ts';
import { readOrganisation } from '../layout.ts';
import { secretsText } from '../text/secrets.ts';

export interface BindingOptions {
  readonly tool?: readonly string[];
  readonly model?: readonly string[];
  readonly seat?: readonly string[];
}

async function secretsOf(context: Context) {
  await readOrganisation(context.data);
  return openSecrets(context.data, context.io.env.REEVE_SECRETS_PASSPHRASE);
}

/** The value, which is never an argument: those are seen by everybody on the machine and kept by shells [T14]. */
async function readValue(context: Context, name: string): Promise<string> {
  const value = await context.io.secret(`value of ${name} (not shown): `);
  if (value !== '') return value;
  throw usage('there is no value', 'nothing came on standard input', `pipe it in: reeve secret set ${name} … < file`);
}

/** `reeve secret list` */
export async function list(context: Context): Promise<void> {
  const secrets = await (await secretsOf(context)).list();
  print(context, { secrets }, () => secretsText(secrets, context));
}

/** `reeve secret set` */
export async function set(context: Context, name: string, options: BindingOptions): Promise<void> {
  const secrets = await secretsOf(context);
  const { tool: tools = [], model: models = [], seat: seats = [] } = options;
  if (tools.length + models.length === 0)
    throw usage('the secret is for nobody', 'a secret is bound to tools or models', 'say --tool or --model');
  await secrets.set(name, await readValue(context, name), { tools, models, seats }, context.now());
  print(context, { name, tools, models, seats }, `${name} is stored\n`);
}

/** `reeve secret rotate` */
export async function rotate(context: Context, name: string): Promise<void> {
  const secrets = await secretsOf(context);
  await secrets.rotate(name, await readValue(context, name), context.now());
  print(context, { name }, `${name} has its new value; it counts from the next use on\n`);
}

/** `reeve secret remove` */
export async function remove(context: Context, name: string): Promise<void> {
  await (await secretsOf(context)).remove(name);
  print(context, { name }, `${name} is deleted\n`);
}
