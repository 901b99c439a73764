export { disarm, htmlToText } from '@reeve/connectors/text';
export { parseMoment } from './dates.ts';
export { MESSAGE_LIMIT, mailToIntake } from './mail.ts';
export type { Intake, Place, Problem, ReadOptions } from './outcome.ts';
export { readTickets } from './read.ts';
export type { Ticket } from './ticket.ts';
export { ticket } from './ticket.ts';
