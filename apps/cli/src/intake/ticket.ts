import { CHANNELS, PRIORITIES } from '@reeve/kernel';
import { z } from 'zod';

const SUBJECT_MAX = 500;
const TEXT_MAX = 100_000;
const ATTACHMENTS_MAX = 1000;

const EMAIL = /^[^\s@<>]+@[^\s@<>]+$/;

/** An attachment as named by the message; its bytes are not imported. `size` is in bytes, decoded. */
const attachment = z.strictObject({
  name: z.string().max(255),
  mime: z.string().max(200),
  size: z.number().int().min(0),
});

/** One customer request, whatever file it came from. */
export const ticket = z
  .strictObject({
    /** Message-ID without its angle brackets, or the id column; the same value again is the same ticket. */
    externalId: z.string().min(1).max(500).optional(),
    subject: z.string().max(SUBJECT_MAX),
    text: z.string().max(TEXT_MAX),
    /** An e-mail address (lower-cased, so that one person is one customer) or an id taken as it is. */
    customer: z
      .string()
      .min(1)
      .max(320)
      .overwrite((value) => (EMAIL.test(value) ? value.toLowerCase() : value)),
    name: z.string().max(200).optional(),
    channel: z.enum(CHANNELS),
    /** Milliseconds since the Unix epoch. */
    receivedAt: z.number().int().min(0).max(8.64e15).optional(),
    priority: z.enum(PRIORITIES).optional(),
    /** Message-ID this one answers, without its angle brackets. */
    inReplyTo: z.string().min(1).max(500).optional(),
    attachments: z.array(attachment).max(ATTACHMENTS_MAX).optional(),
  })
  .refine((value) => value.subject.trim() !== '' || value.text.trim() !== '', { path: ['text'] });

export type Ticket = z.infer<typeof ticket>;
export type Channel = (typeof CHANNELS)[number];
export type Priority = (typeof PRIORITIES)[number];
