import { NodeHelpers, resetSafeRegexEngine, setSafeRegexEngine } from 'n8n-workflow';
import { CREDENTIALS, NODES } from './descriptions';

/*
 * n8n gives a regular expression in a display condition 250 ms of the clock, then the item fails: "Regular expression execution timed
 * out". It reads the conditions of a credential for every item that a node works on, and a machine that does other work takes those 250 ms
 * away from a worker at any moment. Seen with 20 messages an execution on a machine of two cores at a load of 12.
 */

const timesOut = (): never => {
	throw new Error('Regular expression execution timed out');
};

beforeAll(() =>
	setSafeRegexEngine({ exec: timesOut, test: timesOut, replace: timesOut, matchAll: timesOut, split: timesOut }),
);
afterAll(() => resetSafeRegexEngine());

it.each(CREDENTIALS)('the credential $displayName is read on a machine that is too busy', ({ properties }) => {
	const [name, url] = ['url', 'http://platform.example.com'];
	const known = properties.some((property) => property.name === name) ? { url } : {};
	expect(NodeHelpers.getNodeParameters([...properties], known, true, false, null, null)).toMatchObject(known);
});

it('no display condition of a node or a credential is a regular expression', () => {
	const all = JSON.stringify([CREDENTIALS.map(({ properties }) => properties), NODES.map((node) => node.description)]);
	expect(all.includes('"displayOptions"')).toBe(true);
	expect(all.includes('"regex"')).toBe(false);
});
