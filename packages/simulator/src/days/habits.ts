/** How the desks of the ninety days work: the pack's own script, and two habits around it that do harm [SIM21]. */
import type { Desk, Report, Script } from '@reeve/workers';
import { randomFrom } from '../random.ts';
import { EVENING, HASTY, SCRIPTS, TOPIC, type Trade } from './house.ts';

export interface Habits {
  readonly seed: number;
  readonly trade: Trade;
  /** Does the form of mails break off now? */
  readonly broken: () => boolean;
}

/** Share of the answers that the hasty desk sends before they are finished. */
const HASTE = 0.6;
/** What is left of a mail that breaks off: enough to be sent. */
const LEFT = 60;

/** The same desk, with mails that break off. */
function cutting(desk: Desk, { capability }: Trade): Desk {
  const request: Desk['request'] = (input) => {
    const { body } = input.args;
    if (input.capability !== capability || typeof body !== 'string') return desk.request(input);
    return desk.request({ ...input, args: { ...input.args, body: body.slice(0, LEFT) } });
  };
  return { ...desk, request };
}

/** What is decided about a message once is decided for good: a run that is taken up again says the same. */
function once(decide: (desk: Desk) => boolean): (desk: Desk) => boolean {
  const known = new Map<string, boolean>();
  return (desk) => {
    const { id } = desk.briefing.message;
    const said = known.get(id) ?? decide(desk);
    known.set(id, said);
    return said;
  };
}

/** Answers are what follows a report of those who did the work. */
const answers = ({ briefing }: Desk): boolean => briefing.message.type === 'report';

const breaking = (script: Script, trade: Trade, breaks: (desk: Desk) => boolean): Script => {
  const decided = once(breaks);
  return (desk) => script(decided(desk) ? cutting(desk, trade) : desk);
};

/** Gives away what is about wholesale, which it declares and does not know. */
const misplaced =
  (script: Script): Script =>
  async (desk): Promise<Report> => {
    const { message, case: work } = desk.briefing;
    if (message.type !== 'assign' || work === null || !work.text.includes(TOPIC)) return script(desk);
    const done = await desk.transfer({
      ...{ reason: 'wrong_domain', note: 'Dealers have prices of their own, which are not ours to give.' },
      ...{ needs: { topic: TOPIC, skills: [] }, context: { findings: ['It is about an order of a dealer.'] } },
    });
    return { outcome: done.ok ? `Handed ${work.id} on.` : `Could not hand it on: ${done.message}` };
  };

/** The scripts of the pack, with the habits under the names that `houseOf` gives its seats. */
export function habitsOf(scripts: ReadonlyMap<string, Script>, own: string, habits: Habits): Map<string, Script> {
  const { seed, trade, broken } = habits;
  const script = scripts.get(own)!;
  const hasty = (desk: Desk): boolean => {
    const { case: work } = desk.briefing;
    return answers(desk) && randomFrom(seed, `hasty/${work?.id}/${work?.reopened}`).chance(HASTE);
  };
  return new Map([
    ...scripts,
    [own, breaking(script, trade, broken)],
    [SCRIPTS[HASTY], breaking(script, trade, (desk) => broken() || hasty(desk))],
    [SCRIPTS[EVENING], breaking(misplaced(script), trade, broken)],
  ]);
}
