import { z } from 'zod';
import { text } from '../core/names.ts';
import { NOTICE_WAYS, type NoticeAction, type NoticeKind, type NoticeWay, noticeAction } from './definition.ts';

const at = z.strictObject({ notice: z.string().regex(/^N-\d+$/) });

export const noticeCommands = {
  /** It was handed over; `mail` is the SHA-256 of its Message-ID, in hex. The server alone says so. */
  'notice.deliver': at.extend({ mail: z.string().regex(/^[0-9a-f]{64}$/) }),
  /** It cannot be sent, or need not be any more. The server alone says so. */
  'notice.drop': at.extend({ why: text(2000).min(1) }),
  /** Its receiver answers: as himself, with what his link or mail showed. */
  'notice.answer': at.extend({
    action: noticeAction,
    way: z.enum(NOTICE_WAYS),
    text: text(20_000).optional(),
    /** What the link was made for; it must be what the notice is about now. */
    digest: text(100),
  }),
  /** Something that refers to it came in by mail and did not count. The server alone says so. */
  'notice.ignore': at.extend({ why: text(500).min(1) }),
} as const;

interface At {
  notice: string;
  case: string | null;
}
export interface NoticeEvents {
  'notice.raised': At & {
    kind: NoticeKind;
    /** The message of the inbox that it tells of, and the approval, task, wake-up or message it is about. */
    message: string;
    about: string;
    seat: string;
    principal: string;
    address: string;
    /** What exactly was asked; an approval of something else has another one. */
    digest: string;
    expires: number;
    nonce: string;
  };
  /** He was sent too many within the hour. */
  'notice.withheld': { message: string; seat: string; kind: NoticeKind; case: string | null; why: string };
  'notice.sent': At & { seat: string; mail: string };
  'notice.dropped': At & { seat: string; why: string };
  'notice.answered': At & {
    action: NoticeAction;
    way: NoticeWay;
    by: string;
    principal: string;
    about: string;
    /** The message that carries the answer. */
    wrote?: string;
  };
  'notice.ignored': At & { seat: string; why: string };
}
