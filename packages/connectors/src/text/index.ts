/** Reading what strangers wrote: hidden characters, HTML. Imports nothing, so that anything may use it. */
export * from './clean.ts';
export { disarm, htmlToText } from './html.ts';
