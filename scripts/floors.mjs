import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/**
 * The floors of a source folder, as an ESLint rule.
 *
 * @typedef {Record<string, readonly string[]>} Floors What stands above the ground, as a path below the folder: a floor (`email`), a
 * room of one (`email/mime`), a file that stands above rooms (`email/parse`). Its value: what it may import of those that stand
 * beside it, by name. What is not named is the ground of where it stands; a folder none of whose rooms is named has no order.
 */

const parts = (path) => (path === '' ? [] : path.split('/'));
const siblings = (floors, parent) =>
	Object.keys(floors).filter((path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) === parent);

/**
 * Why one file may not import another, or undefined. Both are paths below the source folder, without `.ts`; a folder means its door.
 *
 * @param {Floors} floors
 */
export function faultOf(floors, from, to) {
	const [here, there] = [parts(from), parts(to)];
	let shared = 0;
	while (shared < there.length && here[shared] === there[shared]) shared++;
	const parent = here.slice(0, shared).join('/');
	if (siblings(floors, parent).length === 0) return undefined;
	if (shared === there.length) return 'A file does not import the door that it stands behind.';
	const path = (name) => (parent === '' ? name : `${parent}/${name}`);
	const [mine, theirs] = [here[shared], there[shared]];
	if (floors[path(theirs)] === undefined) return undefined;
	if (there.length > shared + 1) return `Import from ${path(theirs)} (its index.ts), not from a file inside it.`;
	const isDoor = mine === 'index' && here.length === shared + 1;
	if (isDoor || floors[path(mine)]?.includes(theirs)) return undefined;
	return `Nothing points upwards: ${path(mine)} does not stand on ${path(theirs)}. See the floors in eslint.config.mjs.`;
}

/** What is wrong with a table of floors: folders without a place, and places of what is not there. */
export function gapsOf(floors, root) {
	const named = Object.keys(floors);
	const parents = new Set(named.map((path) => dirname(path)));
	const unplaced = [...parents].flatMap((parent) =>
		readdirSync(join(root, parent), { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map((entry) => (parent === '.' ? entry.name : `${parent}/${entry.name}`))
			.filter((path) => !named.includes(path)),
	);
	const gone = named.filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, `${path}.ts`)));
	return [
		...unplaced.map((path) => `${path} has no place in the floors.`),
		...gone.map((path) => `${path} is in the floors, and not there.`),
	];
}

const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * The rule: every import within the folder `root` keeps the floors, types included.
 *
 * @param {Floors} floors
 */
export function floorsRule(floors, root) {
	const below = (path) =>
		relative(root, path)
			.split(sep)
			.join('/')
			.replace(/\.[jt]s$/, '');
	return {
		meta: { type: 'problem', schema: [], messages: { fault: '{{fault}}' } },
		create(context) {
			function check(source) {
				if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
				const path = join(dirname(context.filename), source.value);
				if (relative(root, path).startsWith('..')) return;
				// The door may be named as what it is.
				const to = below(path).replace(/(?:^|\/)index$/, '');
				const fault = faultOf(floors, below(context.filename), isFolder(join(root, to)) ? to : below(path));
				if (fault !== undefined) context.report({ node: source, messageId: 'fault', data: { fault } });
			}
			return {
				ImportDeclaration: ({ source }) => check(source),
				ExportNamedDeclaration: ({ source }) => check(source),
				ExportAllDeclaration: ({ source }) => check(source),
				ImportExpression: ({ source }) => check(source),
				TSImportType: ({ source, argument }) => check(source ?? argument?.literal),
			};
		},
	};
}
