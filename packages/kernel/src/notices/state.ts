import type { Time } from '../core/types.ts';
import type { NoticeEvents } from './schema.ts';

type Answered = Pick<NoticeEvents['notice.answered'], 'action' | 'way' | 'by'> & { at: Time };

/** A mail to a person about something that waits for him. Kept until its link is over, whatever became of it. */
export interface Notice extends Omit<NoticeEvents['notice.raised'], 'notice'> {
  id: string;
  raisedAt: Time;
  sentAt: Time | null;
  /** Why it was not sent. */
  dropped: string | null;
  answered: Answered | null;
}

export interface NoticeState {
  /** The oldest first. */
  notices: Map<string, Notice>;
  /** Those to be sent. */
  due: Set<string>;
  /** Principal → when he was written to, the latest last. */
  recent: Map<string, Time[]>;
}

export const emptyNotices = (): NoticeState => ({ notices: new Map(), due: new Set(), recent: new Map() });
