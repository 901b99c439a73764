/** Requests without a verb for what is to be done. */
import { doingsIn } from './verbs.ts';

/**
 * A wish that leaves open what is to be done: "I'd like a room", "get me on TP551", "somebody should show her the flat", or no verb at all:
 * "An Italian place then, for three".
 */
const WISH =
  /\b(?:need|want|like|prefer|let['’]?s|get|take|have|grab|sort|fix|handle|go (?:for|with)|please|should|must|shall|has to|have to)\b/i;
const FINITE =
  /\b(?:is|are|was|were|am|be|been|do|does|did|has|had|have|can|could|will|would|may|might|i['’]m|it['’]s|that['’]s|he|she|they|we|i|you|said|says|wrote|asked)\b/i;
const DONE_OR_NOT = /\b(?:did|didn['’]?t|don['’]?t|do not|never|already|was|were|had)\b/i;

/** A noun without a verb begins like this; any other first word may be a verb that is not listed. */
const FRAGMENT =
  /^(?:(?:ok|okay|so|and|then|now|hi|hey|thanks)[, ]+)*(?:an?|the same|same|another|one|two|three|four|five|six|seven|eight|nine|ten|\d+|lunch|dinner|breakfast|coffee|tables?|rooms?|seats?|tickets?|meetings?)\b/i;

/** Words within which a sentence shows its verb. */
const BEGINNING = 5;

export function wishes(text: string): boolean {
  if (DONE_OR_NOT.test(text) || text.trim().endsWith('?')) return false;
  if (/^(?:i|we)(?:['’]d| would)? (?:also |still |really )?(?:need|want|like|prefer)\b/i.test(text)) return true;
  if (WISH.test(text) && !/^(?:who|what|when|where|why|which|how|is|are|if)\b/i.test(text)) return true;
  return (
    FRAGMENT.test(text) && !FINITE.test(text.split(/\s+/).slice(0, BEGINNING).join(' ')) && doingsIn(text).size === 0
  );
}
