import { z } from 'zod';

/** One entry of the API. Server, client and OpenAPI document all derive from it [API1]. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `:name` for path parameters. */
  readonly path: `/v1/${string}`;
  readonly summary: string;
  /** Absent: no token is needed. */
  readonly open?: true;
  /** The token of an executor is good for it. */
  readonly executor?: true;
  /** Largest body, in bytes; 1 MiB unless told otherwise. */
  readonly limit?: number;
  /** Answers with a stream of server-sent events; `asked`: with JSON to who does not ask for them. */
  readonly stream?: true | 'asked';
  /** Answers with a file of this type. */
  readonly download?: 'application/x-ndjson' | 'application/x-tar';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** Status → schema of the answer; errors are problems and not listed. */
  readonly responses: Readonly<Record<number, z.ZodType>>;
}

/** Path parameters of a route about one thing. */
export const id = <T extends z.ZodType>(schema: T) => z.object({ id: schema });
