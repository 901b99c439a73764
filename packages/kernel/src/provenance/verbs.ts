/**
 * What kinds of doing a text speaks of. Common English verbs and turns of phrase by what they do to the world; they decide only
 * whether an instruction asked for an action of a kind at all. One missing here leads to a question, never to an action.
 */
import { once } from './index-of.ts';
import { stem } from './text.ts';

const DOINGS = ['read', 'send', 'pay', 'create', 'update', 'delete', 'grant', 'decide', 'run'] as const;
export type Doing = (typeof DOINGS)[number];

const VERBS: Readonly<Record<Doing, string>> = {
  read:
    'get read list show view look see search find check fetch visit browse open summarize summarise count compare lookup query ' +
    'retrieve download inspect review tell describe identify determine explain recommend suggest verify examine analyse analyze ' +
    'scan watch monitor calculate compute translate extract study consult peek',
  send:
    'send reply respond forward relay tell notify inform ask contact text publish announce submit share invite upload remind thank ' +
    'congratulate answer call comment communicate tweet deliver propose offer email mail message dm post write apologise apologize ' +
    'report alert warn advise brief acknowledge confirm ping page request respond echo broadcast welcome greet convey express ' +
    'explain present pass circulate phone wish  ' +
    'escalate refer cc quote inquire enquire sms fax compose',
  pay:
    'pay refund reimburse compensate repay transfer remit wire deposit donate settle credit disburse buy purchase order tip charge ' +
    'prepay invest spend clear',
  create:
    'create add make book reserve schedule set setup plan arrange organise organize save store write draft register open ' +
    'generate post upload start block note buy purchase put log record enter prepare compose duplicate rent remind file order raise ' +
    'hire insert fill copy build launch establish produce issue request list publish keep paste lodge claim enrol enroll compile collect ' +
    'jot pencil fix capture export document apply append rebook tack attach affix stick compose slot grab reserve',
  update:
    'update change edit modify adjust reschedule move rename correct append extend set reset replace fix amend add increase ' +
    'decrease raise lower switch postpone delay shift turn mark tag label flag assign merge shorten prolong ' +
    'reroute redirect divert transfer reassign delegate double halve triple reduce cut upgrade downgrade renew ' +
    'sort archive swap exchange convert configure tweak rewrite revise resize transform advance ' +
    'defer hold lift relocate allocate hand return promote put enable disable activate deactivate scale bump toggle record note ' +
    'enter log cap withdraw combine split insert hide pin publish submit tack attach push bump',
  delete:
    'delete remove cancel erase drop clear rid kick ban revoke unsubscribe uninvite withdraw close terminate discard archive trash ' +
    'purge shut end dismiss scrap strike void abort expel evict unshare deregister disconnect wipe stop bin trash junk uninstall detach release',
  decide:
    'release approve accept confirm decline reject resolve complete finish settle close reopen sign waive acknowledge clear verify ' +
    'escalate certify endorse validate shut',
  grant:
    'grant add invite share allow permit include give assign authorise authorize enable enrol enroll promote join admit register ' +
    'appoint delegate entitle sign onboard hand lend',
  run:
    'run restart start stop execute deploy scale rollback roll launch trigger reboot bounce revert undo restore pause resume kill ' +
    'reload rerun retry relaunch halt shut activate deactivate enable disable suspend recycle perform kick power turn switch lock ' +
    'unlock',
};

const BY_STEM = new Map<string, Set<Doing>>();
for (const doing of DOINGS)
  for (const verb of VERBS[doing].split(' '))
    BY_STEM.set(stem(verb), (BY_STEM.get(stem(verb)) ?? new Set()).add(doing));

const setOf = (list: string): ReadonlySet<string> => new Set(list.split(' '));
const BASE = setOf(Object.values(VERBS).join(' '));

/** Forms that no rule of spelling leads back to their verb. */
const IRREGULAR = new Map(
  (
    'sent:send told:tell paid:pay given:give made:make written:write bought:buy taken:take shown:show brought:bring held:hold kept:keep ' +
    'withdrawn:withdraw built:build drawn:draw rewritten:rewrite reset:reset undone:undo'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/** Words that are as often a thing as something done: they count only where a verb would stand. */
const ALSO_NOUNS = setOf(
  'post book order record offer note mail email message share plan file list report change call review contact block set answer ' +
    'request claim charge schedule transport page draft label tag flag mark text comment name ping alert credit tip deposit wire ' +
    'transfer refund visit look view search query count fix reply tweet register log start stop end bounce scale cut hold close ' +
    'clear open complete rent issue document build release kick hire board appoint power lock cap turn hand present brief welcome ' +
    'ship phone quote sort exchange swap pin light double raise copy archive trash run promise invite sign store ban deliver produce ' +
    'remit advance resume address study watch check find fill apply duplicate enter lift reduce split return purchase ' +
    'bin trash junk slot stick grab push bump',
);

/** A verb stands at the beginning, after a pause, or after one of these. */
const LEADS = setOf(
  'and or then please to also just now you i we they can could should must will would shall may might let lets me him her them us it not ' +
    'first next finally afterwards immediately simply kindly either both ll d help be go dont quickly again so but instead otherwise',
);

/** After one of these a word names a thing: "the message", "my order". */
const BEFORE_NOUNS = setOf(
  'a an the my his her their our your its this that these those any some each every all no last next latest recent unread new of in ' +
    'from with standing direct s by at on about for cheapest best highest lowest largest smallest first open whose which whom ' +
    'delayed scheduled pending',
);

/** "It has to be cancelled", "I want it moved": only then is a past form a request. */
const PASSIVE = setOf('be get getting have want wants need needs like gets');
const NEGATIVE = setOf('not dont never without no cannot nor doesnt didnt wont shouldnt mustnt');

const FOR_ASKER = setOf(
  'tell inform notify answer ask give offer propose send show write list text message email mail call',
);
/** "Tell me" asks for an answer, not for a message. */
const toAsker = (word: string, next: string | undefined): boolean =>
  (next === 'me' || next === 'us') && FOR_ASKER.has(word);

const tokens = (text: string): string[] =>
  text
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .replaceAll(/n['’]t\b/g, 'nt')
    .replaceAll(/\be-mail/g, 'email')
    .match(/[a-z]+|[,:;(.!?–—/]/g) ?? [];
const parts = (text: string): string[] => tokens(text).filter((t) => /[a-z]/.test(t));

type Form = 'base' | 'going' | 'past' | null;
function formOf(word: string): Form {
  if (IRREGULAR.has(word)) return 'past';
  if (BASE.has(word)) return 'base';
  if (!BY_STEM.has(stem(word))) return null;
  if (word.endsWith('ing')) return 'going';
  return word.endsWith('ed') ? 'past' : null;
}

/** Does the word at a place say what is to be done, rather than name a thing, tell what happened or forbid? */
function requested(all: readonly string[], i: number): boolean {
  const [word, before] = [all[i]!, all[i - 1] ?? ''];
  const form = formOf(word);
  const near = all.slice(Math.max(0, i - 3), i);
  if (form === null || near.some((w) => NEGATIVE.has(w) && !near.slice(near.indexOf(w)).some((p) => /\W/.test(p))))
    return false;
  const pause = all.findLastIndex((w, at) => at < i && /\W/.test(w));
  if (form === 'past') return all.slice(pause + 1, i).some((w) => PASSIVE.has(w));
  const starts = before === '' || /\W/.test(before);
  if (ALSO_NOUNS.has(word) && !starts && !LEADS.has(before)) return false;
  return starts || LEADS.has(before) || !BEFORE_NOUNS.has(before);
}

const NOTE =
  '(?:line|note|message|mail|e-?mail|heads-?up|ping|reminder|notice|update|word|reply|text|copy|summary|answer|invitation|invite|thank-?you)';
const KEPT = '(?:calendar|diary|agenda|planner|file|list|notes?|log|document|sheet|drive|folder|board|wiki|page)';
const SEE = '(?:see|read|view|edit|open|access|use|join|enter|look|write|comment)';

/** Turns of phrase whose verb alone does not say it. Each is looked for within one sentence. */
const PHRASES: readonly (readonly [RegExp, readonly Doing[]])[] = (
  [
    ['let (?!me |us ).{1,60}? know', 'send'],
    [`(?:drop|shoot|give|send|leave|post) (?!me |us ).{1,60}? (?:an?|the) (?:\\w+ )?${NOTE}`, 'send'],
    ['(?:get back to|get in touch|write back|reach out|touch base|say [\\w ]{1,40} to)', 'send'],
    ['(?:pass|send|forward) .{1,80}? (?:on|along|over)(?: to)?', 'send'],
    ['(?:fill .{1,40} in on|keep .{1,40} (?:informed|posted|in the loop|up to date))', 'send'],
    [
      '(?:should|must|needs? to|has to|have to|ought to|wants? to) (?:all |both |also )?(?:get|receive|hear|know|learn|be told|be informed)',
      'send',
    ],
    [`(?:with|and) an? (?:\\w+ )?${NOTE}`, 'send'],
    ['call (?:\\w+ ){0,8}?off', 'delete'],
    ['turn .{1,60}? down|turn down', 'send decide'],
    ['clean (?:\\w+ )?up|tidy up|clear out', 'delete'],
    ['(?:drop|bring|take) .{1,60}? (?:by|down) ', 'update'],
    [`in an? (?:\\w+ )?${NOTE} to`, 'send'],
    ['(?:take|strike|cross|kick|throw|leave) .{1,60}? (?:off|out|out of)', 'delete'],
    ['(?:get rid of|do away with|back out of|out with (?:it|them|that|this|him|her))', 'delete'],
    ['bring .{1,80}? (?:up to date|forward|in line)', 'update'],
    ['(?:push|put|move|shift|pull) .{1,80}? (?:back|off|forward|up|by)', 'update'],
    ['make .{1,60}? (?:later|earlier|longer|shorter|public|private)', 'update'],
    ['(?:give|pay|send|transfer) .{1,60}? back', 'pay'],
    [`(?<!\\b(?:you|i|we|me) )(?:(?:be )?able to|be allowed to|can|may) (?:also )?${SEE}`, 'grant'],
    ['(?:give|gets?|needs?|have|set up|should have) .{1,80}? (?:access|permissions?|rights|membership)', 'grant'],
    [
      '(?:make|turn) .{1,60}? (?:an? |the )?(?:admin|administrator|owner|member|editor|viewer|moderator|lead|participant|part of)',
      'grant',
    ],
    [
      '(?:bring|get|take|put|have) .{1,60}? (?:on board|into|onto|in the (?:group|channel|team|list|class|course))',
      'grant create',
    ],
    ['(?:hand|turn|sign|give|make|pass) .{1,60}? over', 'update grant send'],
    ['let .{1,60}? (?:go|through|in)', 'decide grant'],
    ['roll .{1,60}? back', 'run'],
    ['(?:can|may|could|should|must|has to|have to|needs? to) (?:\\w+ )?go(?! \\w)', 'delete'],
    ['(?:get|put|have|take|add) .{1,60}? (?:in|on|to|onto|into) (?:there|it|that|this)(?! \\w+ing)', 'grant create'],
    [
      `(?:write|put|make|leave|drop|add|note|stick|save) .{1,80}? (?:in|into|on|onto|to) (?:my|the|our|his|her|this|that) (?:\\w+ )?${KEPT}`,
      'create',
    ],
    ['(?:takes?|taking|took) over', 'update grant'],
    ['(?:is|are|be) (?:to be )?(?:replaced|covered|taken) by', 'update grant'],
    ['(?:sign|put) .{1,60}? (?:up|down) for', 'create grant'],
    [
      '(?:set .{1,60}? up|take (?:a note|down)|write .{1,40} down|put .{1,60}? (?:in|into|on) (?:my|the|our|his|her))',
      'create',
    ],
    ["(?:needs?|wants?|requires?|would like|'d like|could use) (?:an?|another|some|two|three|new)", 'create'],
    [
      '(?:find|get) (?:me|us|him|her|them|\\w+) (?:an?|the) (?:\\w+ )?(?:room|table|seat|slot|ride|taxi|car|ticket|place|appointment|viewing|visit|meeting|date)',
      'create',
    ],
  ] as const
).map(([text, doings]) => [new RegExp(`\\b${text}\\b`, 'i'), doings.split(' ') as Doing[]]);

const MONEY =
  /[$€£¥]|\b\d+\.\d\d\b|\b(?:money|payments?|pay|bills?|invoices?|rent|refunds?|difference|amounts?|fees?|deposit|salary|euros?|dollars?|pounds?|owed?|transactions?|funds?|usd|eur|gbp|chf)\b/i;
const OF_MONEY = setOf(
  'money payment payments transaction transfer funds payout wire payroll bank deposit deposits fee fees salary',
);

/** The kinds of doing a text asks for. */
export function doingsIn(text: string): Set<Doing> {
  const found = new Set<Doing>();
  // A path, an address or a name with marks in it says nothing: "docs/deploy.md" deploys nothing.
  const all = tokens(
    text.replaceAll(/\bmake sure\b/gi, ' ').replaceAll(/[^\s,;:!?]*[/_@#.][^\s,;:!?]*[^\s,;:!?.]/g, ' x '),
  );
  for (const [i, word] of all.entries())
    if (toAsker(word, all[i + 1])) found.add('read');
    else if (requested(all, i))
      for (const doing of BY_STEM.get(stem(IRREGULAR.get(word) ?? word)) ?? []) found.add(doing);
  for (const [phrase, doings] of PHRASES) if (phrase.test(text)) for (const doing of doings) found.add(doing);
  if (/\b(?:send|give) \d/i.test(text) || (/\b(?:send|give|return|forward|get)\b/i.test(text) && MONEY.test(text)))
    found.add('pay');
  return found;
}

const TO_PAY = setOf('send return give make issue release hand submit');
const EMPTY = setOf('issue make do process submit create perform initiate request place');

const doingsOfWord = (word: string): ReadonlySet<Doing> | undefined => BY_STEM.get(stem(word));
const certain = (word: string): boolean =>
  formOf(word) === 'base' && !ALSO_NOUNS.has(word) && doingsOfWord(word) !== undefined;

/** The verb of a name: "cancel_order", "order.cancel", "book_room"; not the thing of "town_page". */
function verbOfName(named: readonly string[]): string | undefined {
  const [first] = named;
  const last = named.findLast((word) => certain(word) && word !== 'read');
  if (first !== undefined && formOf(first) === 'base') return ALSO_NOUNS.has(first) ? (last ?? first) : first;
  return named.find(certain) ?? undefined;
}

/** The verb a title begins with: "Removes a user", "Page a person"; not "Page of a site". */
function verbOfTitle(title: readonly string[]): string | undefined {
  return title.find(
    (word, i) =>
      doingsOfWord(word) !== undefined &&
      (!ALSO_NOUNS.has(word) || /^(?:an?|the|to|new|all)$/.test(title[i + 1] ?? '')),
  );
}

interface Named {
  readonly id: string;
  readonly title: string;
}
interface Kinds {
  readonly doings: ReadonlySet<Doing>;
  /** The verbs it is called by, stemmed: what it does, not what it is about. */
  readonly verbs: ReadonlySet<string>;
}

/** "-tion" and "-ment" of a verb name what is done: "booking_cancellation" cancels. */
const ENDINGS: readonly (readonly [RegExp, string])[] = [
  [/ellation$/, 'el'],
  [/ification$/, 'ify'],
  [/ation$/, 'e'],
  [/ation$/, ''],
  [/ction$/, 'ct'],
  [/tion$/, 'te'],
  [/ment$/, ''],
  [/al$/, 'e'],
  [/entry$/, 'enter'],
];
const verbOfNoun = (word: string): string | undefined =>
  ENDINGS.map(([end, verb]) => word.replace(end, verb)).find((verb, i) => ENDINGS[i]![0].test(word) && BASE.has(verb));

/** What the name says: its verb, else a noun made of one. */
function byName(id: string): { verb: string; doings: ReadonlySet<Doing> } | undefined {
  const named = parts(id);
  const verb = verbOfName(named) ?? named.map(verbOfNoun).find((v) => v !== undefined);
  const doings = verb === undefined ? undefined : doingsOfWord(verb);
  if (verb === undefined || doings === undefined) return undefined;
  if (TO_PAY.has(verb) && named.some((w) => OF_MONEY.has(w))) return { verb, doings: new Set<Doing>(['pay']) };
  // "issue_refund" refunds: the verb says nothing, the noun is one.
  const noun = EMPTY.has(verb) ? named[named.indexOf(verb) + 1] : undefined;
  const does = noun === undefined ? undefined : doingsOfWord(noun);
  return { verb, doings: does ?? doings };
}

/** The verb a title opens with, in the third person: "Sends a mail"; what it returns says nothing of what it does. */
function opening(title: string): string | undefined {
  const [first] = parts(title);
  return first?.endsWith('s') && first !== 'returns' && doingsOfWord(first) !== undefined ? first : undefined;
}

const FREE: ReadonlySet<Doing> = new Set<Doing>(['send', 'pay']);

/** What a capability does, by the verb of its name, and by that of its title where the name says something else or nothing. */
export const kindsOf = once(({ id, title }: Named): Kinds => {
  const name = byName(id);
  const verb = opening(title) ?? (name ? undefined : verbOfTitle(parts(title)));
  const told = verb === undefined ? undefined : doingsOfWord(verb);
  // Where the name speaks, a title may add what is made or changed, but not that it is said or paid: that is asked for too easily.
  const adds = [...(told ?? [])].filter((doing) => !name || (!name.doings.has('pay') && !FREE.has(doing)));
  const agree = name && adds.some((doing) => name.doings.has(doing));
  const doings = new Set([...(name?.doings ?? []), ...(agree ? [] : adds)]);
  const verbs = [name?.verb, verb].flatMap((v) => (v === undefined ? [] : [stem(v)]));
  return { doings, verbs: new Set(verbs) };
});

/** A word (stemmed) that is only ever something done. */
const THINGS = new Set([...ALSO_NOUNS].map(stem));
export const isVerbOnly = (stemmed: string): boolean => BY_STEM.has(stemmed) && !THINGS.has(stemmed);

const HANDS_OVER =
  /\b(?:follow|do|perform|complete|execute|carry out|act on|take care of|handle|go through|work through|deal with|process)\b[^.!?]{0,60}\b(?:instructions?|tasks?|actions?|to-?dos?|steps|requests?|checklist|(?:asks?|asked|wants?|says?|requests?|suggests?) (?:for|us|me|to)?)\b/i;

/** Does the instruction hand the choice of what to do to a text, rather than name it? "Follow the instructions in …". */
export const handsOver = (text: string): boolean =>
  (HANDS_OVER.test(text) && !/\bfollowing (?:tasks?|steps|actions?)\b/i.test(text)) ||
  // "Handle OPS-42": nothing but the name of something.
  /^(?:please )?(?:handle|deal with|take care of|process|act on|work on) \S+[.!]?$/i.test(text.trim());
