import { describe, expect, it } from 'vitest';
import { parametersOf, readProblem, writeProblem } from '../src/sql/statement.ts';

describe('reads', () => {
  it.each([
    'SELECT * FROM orders WHERE id = :id',
    'select 1;',
    '/* why */ SELECT replace(name, \'a;b\', :x) AS "update" FROM [order lines] -- the end; really',
    'WITH recent AS (SELECT * FROM orders LIMIT 5) SELECT * FROM recent',
  ])('may be %s [CON20]', (sql) => {
    expect(readProblem(sql)).toBeUndefined();
  });

  it.each([
    ['DELETE FROM orders WHERE id = :id', 'one SELECT'],
    ['WITH x AS (SELECT 1) DELETE FROM orders WHERE id = :id', 'one SELECT'],
    ['SELECT 1; DROP TABLE orders', 'only one statement'],
    ['SELECT 1; SELECT 2', 'only one statement'],
    ['PRAGMA table_info(orders)', 'one SELECT'],
    ["ATTACH 'x.db' AS x", 'one SELECT'],
    ['EXPLAIN SELECT 1', 'one SELECT'],
    ['', 'one SELECT'],
    ['SELECT ?', 'written :name'],
    ['SELECT $x', 'written :name'],
    ["SELECT 'open", 'cannot be read'],
    ['SELECT 1 /* open', 'cannot be read'],
    ['SELECT 1\0; DROP TABLE orders', 'cannot be read'],
    ['SELECT * FROM reeve_effects', 'own record'],
    ['SELECT * FROM "REEVE_effects"', 'own record'],
  ])('may not be %s [CON20]', (sql, problem) => {
    expect(readProblem(sql)).toContain(problem);
  });
});

describe('writes', () => {
  it.each([
    "UPDATE orders SET status = 'x' WHERE id = :id",
    'DELETE FROM orders WHERE id IN (SELECT id FROM old WHERE who = :who);',
    'INSERT INTO refunds(id) VALUES (:id) ON CONFLICT DO UPDATE SET n = n + 1',
    'INSERT INTO refunds SELECT id FROM orders WHERE id = :id',
    'WITH x AS (SELECT :id AS id) UPDATE orders SET n = 1 WHERE id IN (SELECT id FROM x) AND n = :n',
  ])('may be %s [CON21]', (sql) => {
    expect(writeProblem(sql)).toBeUndefined();
  });

  it.each([
    ['DELETE FROM orders', 'would change every row'],
    ['DELETE FROM orders WHERE 1 = 1', 'would change every row'],
    ["UPDATE orders SET note = ' WHERE id = :id'", 'would change every row'],
    ['UPDATE orders SET note = 1 -- WHERE id = :id', 'would change every row'],
    ['UPDATE orders SET n = (SELECT max(n) FROM x WHERE id = :id)', 'would change every row'],
    ['WITH x AS (SELECT 1 WHERE :id = 1) DELETE FROM orders', 'would change every row'],
    ['DROP TABLE orders', 'belong into the seed'],
    ['ALTER TABLE orders ADD x', 'belong into the seed'],
    ['CREATE TABLE x(a)', 'belong into the seed'],
    ['REPLACE INTO orders VALUES (:id)', 'belong into the seed'],
    ['VACUUM', 'belong into the seed'],
    ['COMMIT', 'belong into the seed'],
    ['SELECT 1', 'belong into the seed'],
    ['DELETE FROM orders WHERE id = :id; DELETE FROM refunds WHERE id = :id', 'only one statement'],
    ['DELETE FROM orders WHERE id = :id RETURNING id', '"returning"'],
    ['DELETE FROM reeve_effects WHERE key = :key', 'own record'],
  ])('may not be %s [CON21] [T8]', (sql, problem) => {
    expect(writeProblem(sql)).toContain(problem);
  });
});

it('finds parameters in the code of a statement only [CON20]', () => {
  expect(parametersOf('SELECT :a, \':b\', ":c" -- :d\n, :e, :a')).toEqual(['a', 'e']);
});
