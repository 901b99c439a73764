/** What words say about a topic. A weight is how much one hit moves the score; the list is the whole of the knowledge. */

export const TOPICS = [
  'delivery',
  'cancellation',
  'address',
  'refund',
  'charge',
  'invoice',
  'return',
  'defect',
  'howto',
  'praise',
  'spam',
  'legal',
] as const;
export type ScoredTopic = (typeof TOPICS)[number];
/** Topics that come out of rules rather than of scores. */
export type Topic = ScoredTopic | 'complaint' | 'suspicious' | 'unclear';
export type Area = 'orders' | 'billing' | 'product';

/** The area a topic belongs to; topics the front desk settles itself have none. */
export const AREA: Partial<Record<Topic, Area>> = {
  delivery: 'orders',
  cancellation: 'orders',
  address: 'orders',
  refund: 'billing',
  charge: 'billing',
  invoice: 'billing',
  return: 'product',
  defect: 'product',
  howto: 'product',
};

export const SPECIALIST: Record<Area, string> = {
  orders: 'orders-specialist',
  billing: 'billing-specialist',
  product: 'product-specialist',
};

type Rule = readonly [pattern: RegExp, weight: number];

export const RULES: Record<ScoredTopic, readonly Rule[]> = {
  delivery: [
    [
      /wh?ere(?:'s| is| are|s)? (?:is |the hell is )?(?:my|the|our) (?:order|parcel|pac?kage|stuff|delivery|things|tent|boots)/,
      5,
    ],
    [/\b(?:track(?:ing)?(?: number| link| page)?|courier|carrier)\b/, 3],
    [
      /(?:hasn't|has not|haven't|not|never|didn't|nothing) (?:yet )?(?:arr?ived?|come|shown up|been delivered|received)|nothing (?:has )?(?:arrived|came)|no sign of/,
      4,
    ],
    [/when (?:my|our|the|it) [^.?!]{0,30}(?:arrive|come)/, 4],
    [/\b(?:late|delayed|delay|overdue|still waiting|taking so long|in transit|stuck)\b/, 2],
    [/when (?:will|does|is|do|can) [^.?!]{0,40}(?:arrive|get here|come|delivered|ship|expect|dispatch)/, 5],
    [/says? (?:it was )?delivered|marked as delivered|out for delivery/, 4],
    [/delivery (?:date|time|status|estimate)|\beta\b|shipping status|status of (?:my )?order/, 4],
    [/wo (?:ist|bleibt)|noch nicht (?:angekommen|da)|lieferung|sendungsverfolgung|wann kommt/, 4],
    [/où est|pas (?:encore )?(?:arrivée?|reçue?)|livraison|n'est toujours pas/, 4],
    [/dónde está|no ha llegado|todavía no|envío/, 4],
  ],
  cancellation: [
    [/\bcancel(?:l?ed|l?ing|l?ation)?\b/, 5],
    [/(?:don't|do not|no longer) (?:want|need) (?:it|the order|this order|them|this) ?(?:any ?more|anymore)?/, 3],
    [/ordered (?:by mistake|twice by accident|the wrong)|(?:stop|call off) (?:the|my|this) order/, 4],
    [/stornieren|storno|annuler|annulation|cancelar|anular/, 5],
  ],
  address: [
    [
      /(?:change|update|correct|wrong|new|different|other|old|fix) (?:the |my |our )?(?:delivery |shipping )?address/,
      5,
    ],
    [/(?:moved|moving) (?:house|flat|to)|\bredirect\b|typo in (?:the|my) (?:street|address)/, 3],
    [/(?:ship|send|deliver) (?:it|this|them|the order)? ?(?:instead )?to (?:my|this|the following|another)/, 3],
    [
      /(?:neue|andere|falsche|an diese) adresse|umgezogen|nouvelle adresse|déménag|nueva dirección|cambiar la dirección/,
      5,
    ],
  ],
  refund: [
    [/\brefund(?:ed|s|ing)?\b/, 5],
    [
      /(?:want|get|have|give me|like|ask for) (?:all )?(?:my |the )?money back|reimburse|pay me back|money was taken|money returned/,
      5,
    ],
    [/compensat|shipping (?:cost|fee|charge)s? back|difference back|geld zurück|erstatt/, 4],
    [/rembours|reembols|devolución del dinero|mi dinero/, 5],
  ],
  charge: [
    [/charged (?:me )?(?:twice|double|two times|again|too much|more|for)/, 6],
    [
      /double(?:-| )(?:charge|charged|payment|billed)|billed twice|two (?:identical )?(?:charges|payments|debits)|overcharg/,
      6,
    ],
    [
      /(?:unknown|strange|unrecogni[sz]ed|don't recogni[sz]e|what is this) .{0,20}(?:charge|payment|debit|amount)|recogni[sz]e (?:this|the|a) (?:charge|payment)/,
      6,
    ],
    [/(?:bank|card|credit card|paypal) (?:statement|account|bill)|\bdebited?\b/, 3],
    [/doppelt abgebucht|abbuchung|zweimal (?:belastet|abgebucht)|débité|prélev|cobrado|cobro/, 6],
    [/\bcharged\b|price (?:was|is) (?:wrong|different|higher)/, 3],
  ],
  invoice: [
    [/\binvoices?\b|vat (?:number|receipt|id)|tax receipt|proof of purchase|copy of (?:the|my) receipt/, 6],
    [/rechnung|\bfacture\b|\bfactura\b/, 6],
  ],
  return: [
    [/\b(?:return|send)(?:ing)? (?:it|them|this|these|the [\w ]{3,24}|my [\w ]{3,24}|one|both) ?back\b|send back/, 5],
    [/\breturn(?:s|ing)?\b(?! (?:my|the|all|this) (?:money|call|email|mail))/, 4],
    [
      /return label|returns? (?:policy|form|address|window)|exchange|swap (?:it|them)|(?:other|different|bigger|smaller|wrong) (?:size|colou?r)/,
      4,
    ],
    [/too (?:big|small|tight|large|narrow|wide|short|long)|doesn't fit|don't fit|does not fit/, 3],
    [
      /zurück(?:schicken|senden|geben)|rücksendung|umtausch|renvoyer|retourner|échang|devolver|cambiar (?:la talla|por)/,
      5,
    ],
  ],
  defect: [
    [
      /\b(?:broke|broken|breaks|snapped|cracked|ripped|torn|tore|leak(?:s|ed|ing)?|defective|faulty|damaged|burst|dead)\b/,
      4,
    ],
    [/\bwarranty\b|\bguarantee\b|\breplacement\b|replace (?:it|them|this)/, 4],
    [
      /stopped working|doesn't work|does not work|won't (?:turn on|light|inflate|close|charge)|fell apart|falling apart|came (?:off|loose|undone)|not (?:waterproof|holding|working)|loses air/,
      4,
    ],
    [/kaputt|defekt|gerissen|undicht|garantie|cassée?|déchir|roto|rota|rompi|averiad|garantía/, 4],
  ],
  howto: [
    [/how (?:do|can|should|to|does|long|often|much|many|warm|heavy|hot)\b/, 3],
    [
      /instructions|manual|which (?:size|gas|one|canister|model)|compatible|does (?:it|the|this) [\w ]{0,30}(?:fit|work with|come with|include)|can i (?:use|wash|put|dry|take|cook)/,
      4,
    ],
    [
      /\b(?:wash(?:ing)?|waterproofing|set(?:ting)? (?:it )?up|assemble|season sealing|pitch(?:ing)?|inflate|clean(?:ing)?|care for|temperature rating|waist size)\b/,
      3,
    ],
    [
      /wie (?:kann|wasche|funktioniert|benutzt|stelle)|comment (?:laver|faire|monter|utiliser|puis)|cómo (?:se|puedo|lavo|uso|monto)/,
      5,
    ],
    [/what (?:size|temperature|fuel|gas|battery|batteries)|recommend|\badvice\b/, 3],
  ],
  praise: [
    [
      /(?:just |only )?(?:wanted to say|saying|say a big|big) (?:thanks|thank you)|thank you so much for|kudos|hats off|compliments?\b|well done/,
      5,
    ],
    [
      /(?:best|great|fantastic|brilliant|wonderful|amazing|excellent) (?:tent|service|support|shop|gear|people|company|customer)|love (?:the|my|your)|no action needed|keep it up/,
      3,
    ],
  ],
  spam: [
    [
      /\bseo\b|backlinks?|rank (?:your|on google)|guest post|crypto|bitcoin|casino|investors? opportunity|web ?design (?:offer|services)|leads? for your business/,
      6,
    ],
    [
      /dear (?:business owner|webmaster|sir\/madam)|unsubscribe|limited time offer|100% guaranteed|lottery|inheritance/,
      4,
    ],
  ],
  legal: [
    [
      /\b(?:lawyer|attorney|solicitor|legal action|sue|court|lawsuit|anwalt|avocat|abogado|small claims|consumer protection|ombudsman|trading standards)\b/,
      7,
    ],
    [/\b(?:press|journalist|data protection authority|gdpr)\b|liability|injur(?:ed|y)|hospital/, 6],
  ],
};

/** Attempts to give orders to the machine rather than to tell it something. */
export const INJECTION: readonly RegExp[] = [
  /(?:ignore|disregard|forget|override) (?:all |any |your |the |my |previous |prior |earlier |above )+(?:\w+ )?(?:instructions?|rules|polic(?:y|ies)|guidelines|prompts?)/,
  /system ?prompt|developer mode|you are (?:now |an? )(?:\w+ )?(?:ai|bot|assistant|admin|dan)\b|as an ai\b|jailbreak/,
  /^\s*(?:system|assistant|admin)\s*:|\[(?:system|admin|instruction)[^\]]*\]|<\/?(?:system|instructions?|tool_call)>|### ?(?:instruction|system)/m,
  /(?:forward|export|send|list|reveal|dump) (?:me )?(?:all|every) (?:the )?(?:your )?(?:customers?|orders?|e?-?mails?|data|addresses)/,
  /(?:do not|don't) (?:tell|inform|ask|notify) (?:the )?(?:operator|human|supervisor|manager|anyone)|without (?:human )?approval|pre-?approved by (?:the )?(?:ceo|management|system)/,
  /(?:execute|run|call) (?:the )?(?:tool|function|command)|orders\.refund|drop table|';\s*(?:update|delete|insert)/,
];

/** "Everything went wrong": several areas are one complaint, not several questions. */
export const COMPLAINT =
  /complain(?:t|ing)?\b|everything (?:that could )?(?:go|went|gone)|one thing after (?:the other|another)|three (?:separate )?(?:problems|issues|things)|two (?:separate )?(?:problems|issues|things)|several (?:problems|issues)|list of problems|beschwerde|réclamation|queja|reclamación|nothing about this order|on top of (?:that|it)|disaster from start/;

/** The customer leaves the choice open: a runner-up topic then weighs twice. */
export const UNDECIDED =
  /(?:not|hasn't|haven't) decided|whichever|either .{0,60} or |don't know (?:whether|what) (?:to|i) want/;
