/** An open mail tool, and how it logs in: for what it is asked, and for what it watches. */
import type { CallResult, OpenContext } from '../port.ts';
import { type Secrets, secretsFor } from '../shared/credentials.ts';
import type { Plan, Plans } from '../shared/planned.ts';
import type { Login } from './smtp.ts';
import type { MailConfig } from './wire.ts';

/** `name` is the Message-ID; the folders are those in which the effect shows. */
export interface MailPlan extends Plan {
  readonly folders: readonly string[];
  readonly result: CallResult;
}

export interface Mail {
  readonly context: OpenContext;
  readonly config: MailConfig;
  readonly plans: Plans<MailPlan>;
  readonly closing: AbortController;
}

export const mailSecrets = ({ config, context }: Mail, seat: string | undefined): Promise<Secrets> =>
  secretsFor(
    context.secret,
    [config.password, config.token].flatMap((one) => one?.secret ?? []),
    seat,
  );

export function loginOf({ config }: Mail, { values }: Secrets): Login {
  const of = (one: { secret: string } | undefined) => (one ? values.get(one.secret) : undefined);
  return { user: config.user, password: of(config.password), token: of(config.token) };
}
