export * from './document';
export * from './about';
export * from './references';
export * from './containers';
export * from './files';
export * from './objects';
export * from './bundles';
export * from './lists';
