export type { Cleaned, Removed } from '@reeve/connectors/text';
export { clean, cleanedNote, disarm, htmlToText } from '@reeve/connectors/text';
export { parseMoment } from './dates.ts';
export { MESSAGE_LIMIT, mailToIntake } from './mail.ts';
export type { Intake, Place, Problem, ReadOptions } from './outcome.ts';
export { readTickets } from './read.ts';
export type { Format } from './sniff.ts';
export type { Attachment, Channel, Priority, Ticket } from './ticket.ts';
export { attachment, ticket } from './ticket.ts';
