import { type Language, redactCards } from './text.ts';

/** Words for the customer. The frame is in the customer's language; facts stay in English, the language of our records. */
const GREETING: Record<Language, string> = { en: 'Hello', de: 'Guten Tag', fr: 'Bonjour', es: 'Hola' };
const CLOSING: Record<Language, string> = {
  en: 'Kind regards,\nAcme Outdoor support',
  de: 'Freundliche Grüße\nAcme Outdoor Support',
  fr: 'Cordialement,\nAcme Outdoor, service client',
  es: 'Un cordial saludo,\nAcme Outdoor, atención al cliente',
};
const RECEIVED: Record<Language, string> = {
  en: 'We have your message and somebody is on it.',
  de: 'Ihre Nachricht ist da, und jemand kümmert sich darum.',
  fr: 'Nous avons bien reçu votre message et nous nous en occupons.',
  es: 'Hemos recibido su mensaje y ya nos ocupamos de él.',
};

/** "[C-12] Your message" — every mail carries its case. Card numbers a customer wrote into the subject stay out. */
export const subjectOf = (caseId: string, subject: string): string =>
  `[${caseId}] ${redactCards(subject).replace(/^(?:(?:re|fwd?|aw|wg):\s*)+/i, '')}`.slice(0, 200);

const framed = (language: Language, parts: readonly string[]): string =>
  [`${GREETING[language]},`, ...parts.filter((part) => part !== ''), CLOSING[language]].join('\n\n');

/** The first mail: case number and by when an answer comes. */
export function acknowledgement(language: Language, caseId: string, subject: string, due: number): string {
  const by = new Date(due).toISOString().slice(0, 16).replace('T', ' ');
  return framed(language, [
    RECEIVED[language],
    `Subject: "${subject}". Your case number is ${caseId}; you will hear from us by ${by} UTC at the latest.`,
  ]);
}

export const answer = (language: Language, parts: readonly string[]): string =>
  framed(language, [...parts, 'If anything is still open, just reply to this mail.']);

export const question = (language: Language, ask: string): string =>
  framed(language, ['To help you we need one thing:', ask]);

export const handedOver = (language: Language): string =>
  framed(language, [
    'A person with the authority to decide this now has your case and will write to you. You do not need to do anything.',
  ]);
