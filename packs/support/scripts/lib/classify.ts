import { normalise, orderIds } from './text.ts';
import {
  AREA,
  type Area,
  COMPLAINT,
  INJECTION,
  RULES,
  type ScoredTopic,
  TOPICS,
  type Topic,
  UNDECIDED,
} from './topics.ts';

export interface Score {
  readonly topic: ScoredTopic;
  readonly score: number;
  /** The words that counted, for the note on the case. */
  readonly hits: readonly string[];
}

export interface Classification {
  readonly topic: Topic;
  readonly areas: readonly Area[];
  /** 0–1: how strong the evidence is and how far ahead of the runner-up. */
  readonly confidence: number;
  readonly scores: readonly Score[];
  readonly orders: readonly string[];
  /** Why not sure: nothing to go on, or two topics equally likely. */
  readonly doubt: 'none' | 'thin' | 'ambiguous';
}

/** A score of this size alone makes certain; below it confidence falls in proportion. */
const STRONG = 4;
/** Below this confidence nothing is done without asking somebody. */
export const CONFIDENT = 0.6;
/** An area counts in a complaint from this score. */
const AREA_SCORE = 3;

/** Is somebody trying to give instructions to the machine? Returns the sentences that do. */
export function suspicion(text: string): string[] {
  return sentences(text).filter((sentence) => INJECTION.some((pattern) => pattern.test(sentence.toLowerCase())));
}

/** The text without its suspicious sentences: what a customer may legitimately want besides. */
export function legitimatePart(text: string): string {
  const bad = new Set(suspicion(text));
  return sentences(text)
    .filter((sentence) => !bad.has(sentence))
    .join(' ')
    .trim();
}

const sentences = (text: string): string[] => text.split(/(?<=[.!?])\s+|\n+/).filter((part) => part.trim() !== '');

/** Every topic's score, highest first. The subject counts like the text. */
export function score(subject: string, text: string): Score[] {
  const body = normalise(`${subject}\n${text}`);
  return TOPICS.map((topic) => scoreTopic(topic, body)).sort((a, b) => b.score - a.score);
}

function scoreTopic(topic: ScoredTopic, body: string): Score {
  const hits = RULES[topic].flatMap(([pattern, weight]) => {
    const match = pattern.exec(body);
    return match ? [{ weight, words: match[0] }] : [];
  });
  return { topic, score: hits.reduce((sum, hit) => sum + hit.weight, 0), hits: hits.map((hit) => hit.words) };
}

/** What a message is about. Pure and complete: the same text always gives the same answer. */
export function classify(subject: string, text: string): Classification {
  const scores = score(subject, text);
  const orders = orderIds(`${subject}\n${text}`);
  const base = { scores, orders };
  if (suspicion(`${subject}\n${text}`).length > 0)
    return { ...base, topic: 'suspicious', areas: [], confidence: 1, doubt: 'none' };
  const legal = scores.find((entry) => entry.topic === 'legal');
  if (legal && legal.score > 0) return { ...base, topic: 'legal', areas: [], confidence: 1, doubt: 'none' };
  const areas = areasOf(scores);
  const body = normalise(`${subject}\n${text}`);
  if (areas.length >= 2 && COMPLAINT.test(body)) {
    return { ...base, topic: 'complaint', areas, confidence: 0.9, doubt: 'none' };
  }
  return { ...base, ...single(scores, UNDECIDED.test(body) ? 0.9 : 0.45) };
}

/** `rivalry`: how much of a runner-up's strength is taken from the confidence. */
function single(
  scores: readonly Score[],
  rivalry: number,
): Pick<Classification, 'topic' | 'areas' | 'confidence' | 'doubt'> {
  const [best, second] = scores;
  if (!best || best.score === 0) return { topic: 'unclear', areas: [], confidence: 0, doubt: 'thin' };
  const lead = 1 - (rivalry * (second?.score ?? 0)) / best.score;
  const confidence = Math.round(Math.min(1, best.score / STRONG) * lead * 100) / 100;
  if (confidence >= CONFIDENT) return { topic: best.topic, areas: areaOf(best.topic), confidence, doubt: 'none' };
  return { topic: 'unclear', areas: areaOf(best.topic), confidence, doubt: best.score < STRONG ? 'thin' : 'ambiguous' };
}

const areaOf = (topic: Topic): Area[] => (AREA[topic] ? [AREA[topic]] : []);

function areasOf(scores: readonly Score[]): Area[] {
  const strong = scores.filter((entry) => entry.score >= AREA_SCORE).map((entry) => AREA[entry.topic]);
  return [...new Set(strong.filter((area) => area !== undefined))].sort();
}

/** The strongest topic of one area: what its specialist is asked in a complaint. */
export function topicOfArea(scores: readonly Score[], area: Area): ScoredTopic | undefined {
  return scores.find((entry) => entry.score > 0 && AREA[entry.topic] === area)?.topic;
}

/** One line for the case: topic, confidence and the words it rests on. */
export function explain(found: Classification): string {
  const words = found.scores.filter((entry) => entry.score > 0).slice(0, 3);
  const because = words.map((entry) => `${entry.topic} ${entry.score} (${entry.hits.join(', ')})`).join('; ');
  return `Classified as ${found.topic}, confidence ${found.confidence.toFixed(2)}${because ? `: ${because}` : ''}.`;
}

/** The same matter again: same order in the subject line, or the same subject line. Subjects are all that is known of earlier cases. */
export function sameMatter(subject: string, earlier: string): boolean {
  const [order] = orderIds(subject);
  if (order) return orderIds(earlier).includes(order) && scoredTopic(subject) === scoredTopic(earlier);
  return normalise(subject).length > 12 && normalise(subject) === normalise(earlier);
}

const scoredTopic = (subject: string): string => {
  const [best] = score(subject, '');
  return best && best.score > 0 ? best.topic : 'none';
};
