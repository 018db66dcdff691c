// check.mjs FOLDER: every FOLDER/*.yaml holds objects of the Kubernetes API and keeps to the rules below.
// Each object is written as a TypeScript literal of its type: the compiler refuses fields that do not exist, and the
// schema's own validation looks at values.
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {basename, join} from 'node:path';
import ts from 'typescript';
import {parseAllDocuments} from 'yaml';

const require = createRequire(import.meta.url);
const folder = process.argv[2];
const problems = [];

// The pod template of a workload; undefined for other kinds.
const podOf = object => object.spec?.template?.spec;

function modulePath(object) {
  const api = object.apiVersion.includes('/') ? object.apiVersion : `core/${object.apiVersion}`;
  return `kubernetes-models/${api.replace('core/', '')}/${object.kind}`;
}

function checkSchema(where, object) {
  try {
    const type = require(modulePath(object))[object.kind];
    new type(object).validate();
  } catch (error) {
    problems.push(`${where}: ${error.message}`);
  }
}

// What is not wrong by the schema and would be wrong in a cluster.
function checkRules(where, object, all) {
  const require_ = (condition, text) => condition || problems.push(`${where}: ${text}`);
  const labels = object.metadata.labels ?? {};
  require_(object.kind === 'Namespace' || labels['app.kubernetes.io/part-of'] === 'lianfang', 'no part-of label');
  if (object.spec?.selector !== undefined && object.kind !== 'NetworkPolicy') {
    const selector = object.spec.selector.matchLabels ?? object.spec.selector;
    const chosen = all.filter(o => podOf(o) !== undefined && Object.entries(selector).every(
        ([key, value]) => o.spec.template.metadata.labels[key] === value));
    require_(chosen.length === 1, `the selector chooses ${chosen.length} workloads`);
  }
  if (object.kind === 'NetworkPolicy') {
    const selector = object.spec.podSelector.matchLabels;
    require_(all.some(o => podOf(o) !== undefined && Object.entries(selector).every(
        ([key, value]) => o.spec.template.metadata.labels[key] === value)), 'the policy is about nothing');
  }
  const pod = podOf(object);
  if (pod === undefined) return;
  require_(pod.automountServiceAccountToken === false, 'has a token of the cluster');
  const security = pod.securityContext ?? {};
  require_(security.runAsNonRoot === true && security.runAsUser === 10001 && security.fsGroup === 10001, 'wrong account');
  require_(security.seccompProfile?.type === 'RuntimeDefault', 'no seccomp profile');
  const config = (pod.volumes ?? []).filter(v => v.configMap !== undefined);
  require_(config.length === 1, 'not one configuration');
  for (const volume of config) {
    const map = all.find(o => o.kind === 'ConfigMap' && o.metadata.name === volume.configMap.name);
    require_(map !== undefined, `no ConfigMap ${volume.configMap.name}`);
    const text = map?.data['lianfang.txtpb'] ?? '';
    const seconds = name => Number(new RegExp(`${name}_seconds: (\\d+)`).exec(text)?.[1] ?? NaN);
    require_(pod.terminationGracePeriodSeconds > seconds('drain') + seconds('grace'), 'is killed before it has drained');
    for (const container of pod.containers) {
      const probe = container.readinessProbe;
      require_(probe.periodSeconds * probe.failureThreshold < seconds('drain'), 'drains before its probe notices');
    }
    // Served over TLS, with what is mounted.
    require_(/^tls \{/m.test(text) && !text.includes('allow_plaintext'), 'serves plain text');
    for (const [, file] of text.matchAll(/_file: "([^"]+)"/g)) {
      require_(pod.containers.every(c => c.volumeMounts.some(m => file.startsWith(`${m.mountPath}/`) && m.readOnly &&
          pod.volumes.some(v => v.name === m.name && v.secret !== undefined))), `no Secret holds ${file}`);
    }
    const own = object.metadata.name;
    require_(pod.volumes.some(v => v.name === 'certs' && v.secret?.secretName === `${own}-certificates`),
        'no certificates of its own');
    // Every service that the configuration names is a Service with the port that it says.
    for (const [, host, port] of text.matchAll(/endpoint: "([^":]+):(\d+)"/g)) {
      require_(all.some(o => o.kind === 'Service' && o.metadata.name === host &&
          o.spec.ports.some(p => p.port === Number(port))), `no Service ${host}:${port}`);
    }
    for (const [, host] of text.matchAll(/hosts: "([^":]+):\d+"/g)) {
      require_(all.some(o => o.kind === 'Service' && o.metadata.name === host), `no Service ${host}`);
    }
  }
  const volumes = [...(pod.volumes ?? []).map(v => v.name), ...(object.spec.volumeClaimTemplates ?? []).map(v => v.metadata.name)];
  for (const container of pod.containers) {
    require_(container.name === 'lianfang', 'the common patch does not reach this container');
    const rights = container.securityContext ?? {};
    require_(rights.readOnlyRootFilesystem === true && rights.allowPrivilegeEscalation === false &&
        rights.capabilities?.drop?.includes('ALL'), 'has rights that it does not need');
    require_(container.resources?.limits?.memory !== undefined, 'no limit of memory');
    for (const name of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      require_(container[name]?.exec?.command?.slice(0, 2).join(' ') === '/usr/bin/lianfang healthcheck', `no ${name} over TLS`);
    }
    require_(container.env?.some(e => e.name === 'LIANFANG_CA' && e.value === '/certs/ca.crt'), 'probes know no authority');
    for (const mount of container.volumeMounts ?? []) {
      require_(volumes.includes(mount.name), `no volume ${mount.name}`);
    }
  }
  for (const volume of pod.volumes ?? []) {
    if (volume.secret !== undefined) require_(volume.secret.defaultMode === 0o400, `${volume.name} is open to others`);
  }
}

// Strict about fields: a literal with a field that the type lacks does not compile.
function checkTypes(literals) {
  const file = join(folder, 'objects.ts');
  const imports = new Set();
  const lines = literals.map(({where, object}, i) => {
    const type = `${object.apiVersion.replaceAll(/[^A-Za-z0-9]/g, '_')}_${object.kind}`;
    imports.add(`import {I${object.kind} as ${type}} from '${modulePath(object)}';`);
    return `// ${where}\nexport const o${i}: ${type} = ${JSON.stringify(object, null, 1)};`;
  });
  writeFileSync(file, [...imports, ...lines].join('\n'));
  const program = ts.createProgram([file], {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10, types: [],
  });
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
    const before = diagnostic.file?.text.slice(0, diagnostic.start ?? 0).match(/\/\/ .*/g)?.at(-1) ?? '';
    problems.push(`${before} ${text}`);
  }
}

const literals = [];
for (const file of readdirSync(folder).filter(name => name.endsWith('.yaml')).sort()) {
  const all = parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(document => document.toJS());
  for (const object of all) {
    const where = `${basename(file, '.yaml')}: ${object.kind} ${object.metadata.name}`;
    checkSchema(where, object);
    checkRules(where, object, all);
    literals.push({where, object});
  }
}
checkTypes(literals);
for (const problem of problems) console.error(`FAILED: ${problem}`);
if (literals.length === 0) problems.push('nothing was checked');
console.log(`${literals.length} objects, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
