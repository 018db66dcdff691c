// A client of another make and language: asks the grading service for a grade, as the program that its certificate names, without a
// token. Prints the level, or the error and exits with 1.
//   node witness.js ADDRESS CA CERTIFICATE KEY
'use strict';
const fs = require('fs');
const path = require('path');
const root = path.resolve(__dirname, '../..');
const tools = require('module').createRequire(path.join(root, 'tests/tools/package.json'));
const grpc = tools('@grpc/grpc-js');
const loader = tools('@grpc/proto-loader');

const [address, ca, certificate, key] = process.argv.slice(2);
const api = grpc.loadPackageDefinition(loader.loadSync('lianfang/grading/v1/grading.proto',
    {includeDirs: [path.join(root, 'proto')], enums: String, longs: String}));
const credentials = grpc.credentials.createSsl(fs.readFileSync(ca), fs.readFileSync(key), fs.readFileSync(certificate));
const client = new api.lianfang.grading.v1.GradingService(address, credentials);
const profile = {post: '采购员', functions: ['POST_FUNCTION_PROCUREMENT']};
client.GradePost({profile}, new grpc.Metadata(), {deadline: Date.now() + 20000}, (error, answer) => {
  if (error) {
    console.log(`${grpc.status[error.code]}: ${error.details}`);
    process.exitCode = 1;
  } else {
    console.log(answer.grade.level);
  }
  client.close();
});
