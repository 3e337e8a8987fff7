'use strict';

// These packages are published as ES modules only: Node 24 can require them, Jest's loader needs them transformed.
const esm = [
	'htmlparser2',
	'domelementtype',
	'domhandler',
	'domutils',
	'dom-serializer',
	'entities',
	'is-plain-object',
	'fast-check',
	'pure-rand',
	're2js',
	'graphql',
];

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	setupFilesAfterEnv: ['<rootDir>/test/properties.setup.ts'],
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	transform: {
		'\\.[mc]?[jt]s$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
				module: { type: 'commonjs' },
			},
		],
	},
	transformIgnorePatterns: [`/node_modules/(?!(${esm.join('|')})/)`],
	reporters: ['default', '<rootDir>/scripts/summary-reporter.js'],
	maxWorkers: 2,
	testTimeout: 30_000,
};
