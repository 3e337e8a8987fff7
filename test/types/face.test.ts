import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as lib from '../../lib';
import * as internal from '../../lib/internal';
import { root } from './compiler';
import { namesOf, unnamedTypes, type FaceName } from './face';

const SNAPSHOT = join(__dirname, 'face.txt');
const face = namesOf(join(root, 'lib', 'index.ts'));
const everything = namesOf(join(root, 'lib', 'internal.ts'));
const atRunTime = (names: readonly FaceName[]) => names.filter(({ kind }) => kind !== 'type').map(({ name }) => name);

describe('the public face', () => {
	it('is the list of names in face.txt: UPDATE_FACE=1 writes it anew, for review', () => {
		const list = `${face.map(({ kind, name }) => `${kind} ${name}`).join('\n')}\n`;
		if (process.env.UPDATE_FACE === '1') writeFileSync(SNAPSHOT, list);
		expect(list.split('\n')).toEqual(readFileSync(SNAPSHOT, 'utf8').split('\n'));
	});

	it('has the same names at run time', () => {
		expect(Object.keys(lib).sort()).toEqual(atRunTime(face));
	});

	it('has no plumbing: clocks, connections, tables and helpers are in /internal', () => {
		const plumbing = [
			...['HttpClient', 'backoffMs', 'createDispatcher', 'httpBounds', 'secureContextFor', 'systemClock'],
			...['isError', 'messageOf', 'systemCodeOf', 'settingsOr', 'wholeNumber', 'canonicalJson', 'uuidV5'],
			...['PROPERTY_TABLES', 'readItem', 'MESSAGE_KEY', 'FROM_EMAIL_DEFAULTS'],
		];
		expect(plumbing.filter((name) => name in lib)).toEqual([]);
		expect(plumbing.filter((name) => !(name in internal))).toEqual([]);
		expect(Object.keys(lib).filter((name) => !(name in internal))).toEqual([]);
	});

	it('explains every name', () => {
		const silent = everything.filter(({ isDocumented }) => !isDocumented);
		expect(silent.map(({ file, name }) => `${file} ${name}`)).toEqual([]);
		expect(everything.length).toBeGreaterThan(200);
	});

	it('names every type that its names are made of', () => {
		expect(unnamedTypes(join(root, 'lib', 'index.ts'))).toEqual([]);
	});
});
