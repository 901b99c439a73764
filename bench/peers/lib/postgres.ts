/** What PostgreSQL promises about what was committed, asked of a connection as the peer has it. */
type Query = (sql: string) => Promise<{ rows: Record<string, string>[] }>;

/** Throws where a commit could be lost. */
export async function durableSettings(query: Query): Promise<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    settings[name] = Object.values((await query(`SHOW ${name}`)).rows[0] ?? {})[0] ?? '';
    if (settings[name] !== 'on') throw new Error(`PostgreSQL has ${name} = ${settings[name]}: not a fair comparison`);
  }
  return settings;
}
