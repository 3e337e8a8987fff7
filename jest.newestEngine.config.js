'use strict';

const { join } = require('node:path');

/** Where that n8n is installed, as scripts/newestN8n.ts says. */
const installation = process.env.EMAIL_INTEL_N8N_FOLDER;
if (!installation) throw new Error('EMAIL_INTEL_N8N_FOLDER is not set: npm run e2e:newest sets it');
const modules = join(installation, 'node_modules');

/** The engine's tests, in the n8n-core and n8n-workflow of another n8n than package.json names. */
module.exports = {
	...require('./jest.config.js'),
	roots: ['<rootDir>/test/engine'],
	moduleNameMapper: { '^(n8n-core|n8n-workflow|@n8n/di|reflect-metadata)$': `${modules}/$1` },
};
