/** What customers of the two packs ask for in the ninety days: nothing that only a person could answer. */
import type { Random } from '../random.ts';
import { supportTicket, type Ticket, type Writer } from '../work/tickets.ts';
import { TOPIC } from './house.ts';

/** Subjects of the simulator's tickets that end with a person or need no answer. */
const ODD: ReadonlySet<string> = new Set([
  'Lawyer',
  'Help',
  'SEO offer',
  'Urgent',
  'Thank you',
  'Money back',
  'New address',
]);

const support: Writer = (random, customers) => {
  for (;;) {
    const ticket = supportTicket(random, customers);
    if (!ODD.has(ticket.subject)) return ticket;
  }
};

const BRIEFS = [
  ...(['heat-pumps', 'battery-storage'] as const).map((topic) => ({ topic, portfolio: 'powermoves' })),
  ...(['soil-carbon', 'greenhouses'] as const).map((topic) => ({ topic, portfolio: 'harvest' })),
];
const REPLIES = ['K-1 qualified', 'K-2 qualified', 'K-6 meeting', 'K-7 qualified'] as const;

/** A brief for an article, now and then what a contact answered. Titles are counted, so that slugs are new. */
function content(): Writer {
  let number = 0;
  return (random, customers) => {
    const { id, name } = random.pick(customers);
    number += 1;
    if (random.chance(0.08))
      return { subject: `An answer, no. ${number}`, text: `Reply: ${random.pick(REPLIES)}`, customer: id, name };
    const { topic, portfolio } = random.pick(BRIEFS);
    const title = `Notes on ${topic.replaceAll('-', ' ')}, part ${number}`;
    return { subject: title, text: `Title: ${title}\nTopic: ${topic}\nPortfolio: ${portfolio}`, customer: id, name };
  };
}

export const writerOf = (pack: 'support' | 'content'): Writer => (pack === 'support' ? support : content());

/** The same request, from a dealer. */
export const ofDealer = (ticket: Ticket, random: Random): Ticket => ({
  ...ticket,
  text: `${ticket.text}\nThis is for ${TOPIC} customer number ${random.int(100, 999)}.`,
});
