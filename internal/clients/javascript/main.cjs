// The AWS SDK for JavaScript, with the file that aws_config wrote, and what a
// browser does with a presigned URL.

const { execFileSync } = require("node:child_process");
const { createReadStream, readFileSync } = require("node:fs");
const { join } = require("node:path");
const s3 = require("@aws-sdk/client-s3");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");

const { FILES, READONLY, PRIVATE, PREFIX, ODD, FIXTURES, LIMITED, FULL } = process.env;

// client reads a file as the SDK reads its user's: all that it needs is there.
function client(file) {
  process.env.AWS_CONFIG_FILE = file;
  return new s3.S3Client({});
}

const fixture = (name) => readFileSync(join(FIXTURES, name));
const bytes = async (out) => Buffer.from(await out.Body.transformToByteArray());

function same(got, wanted) {
  if (Buffer.isBuffer(got) ? !got.equals(wanted) : JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`${String(JSON.stringify(got)).slice(0, 500)} is not ${String(JSON.stringify(wanted)).slice(0, 500)}`);
  }
}

async function refused(sent, status = 403) {
  try {
    await sent;
  } catch (e) {
    same(e.$metadata?.httpStatusCode, status);
    return;
  }
  throw new Error("it was allowed");
}

async function main() {
  const mine = client(LIMITED);
  const get = async (Bucket, Key) => bytes(await mine.send(new s3.GetObjectCommand({ Bucket, Key })));

  const steps = {
    list: async () => {
      const { Contents } = await mine.send(new s3.ListObjectsCommand({ Bucket: FILES }));
      const keys = Contents.map((o) => o.Key);
      same(["page.html", ODD, "large.bin"].filter((key) => !keys.includes(key)), []);
    },
    get: async () => {
      const page = await mine.send(new s3.GetObjectCommand({ Bucket: FILES, Key: "page.html" }));
      same(await bytes(page), fixture("page.html"));
      same([page.ContentType, page.CacheControl, page.Metadata], ["text/html; charset=utf-8", "max-age=60", { owner: "press team" }]);
      same(await get(FILES, ODD), fixture("odd.txt"));
      same(await get(FILES, "large.bin"), fixture("large.bin"));
    },
    put: async () => {
      await mine.send(new s3.PutObjectCommand({
        Bucket: FILES, Key: `${PREFIX}/page.html`, Body: fixture("page.html"), ContentType: "text/html; charset=utf-8", Metadata: { owner: "press team" },
      }));
      await mine.send(new s3.PutObjectCommand({ Bucket: FILES, Key: `${PREFIX}/${ODD}`, Body: fixture("odd.txt") }));
      const params = { Bucket: FILES, Key: `${PREFIX}/large.bin`, Body: createReadStream(join(FIXTURES, "large.bin")) };
      await new Upload({ client: mine, params }).done();
    },
    delete: async () => {
      const gone = { Bucket: FILES, Key: `${PREFIX}/gone` };
      await mine.send(new s3.PutObjectCommand({ ...gone, Body: "" }));
      await mine.send(new s3.DeleteObjectsCommand({ Bucket: FILES, Delete: { Objects: [{ Key: gone.Key }] } }));
      await refused(mine.send(new s3.HeadObjectCommand(gone)), 404);
    },
    presign: async () => {
      const url = await getSignedUrl(mine, new s3.GetObjectCommand({ Bucket: FILES, Key: ODD }), { expiresIn: 600 });
      same(execFileSync("curl", ["-fsS", url]), fixture("odd.txt"));
    },
    // A page of another origin: the question first, then the upload itself.
    "CORS upload": async () => {
      const url = await getSignedUrl(mine, new s3.PutObjectCommand({ Bucket: FILES, Key: `${PREFIX}/upload` }), { expiresIn: 600 });
      const ask = (Origin) => fetch(url, {
        method: "OPTIONS", headers: { Origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type" },
      });
      const origin = "https://shop.example";
      const allowed = await ask(origin);
      same([allowed.status, allowed.headers.get("access-control-allow-origin")], [200, origin]);
      same((await ask("https://elsewhere.example")).status, 403);
      const sent = await fetch(url, { method: "PUT", headers: { Origin: origin, "Content-Type": "text/plain" }, body: fixture("odd.txt") });
      same([sent.status, sent.headers.get("access-control-allow-origin")], [200, origin]);
      same(await get(FILES, `${PREFIX}/upload`), fixture("odd.txt"));
    },
    limits: async () => {
      same(await get(READONLY, "page.html"), fixture("page.html"));
      await refused(mine.send(new s3.PutObjectCommand({ Bucket: READONLY, Key: "no", Body: "" })));
      await refused(mine.send(new s3.DeleteObjectCommand({ Bucket: READONLY, Key: "page.html" })));
      await refused(get(PRIVATE, "page.html"));
      await refused(mine.send(new s3.CreateBucketCommand({ Bucket: `${FILES}-no` })));
      await refused(mine.send(new s3.GetBucketCorsCommand({ Bucket: FILES })));
    },
    "full access": async () => {
      const all = client(FULL);
      const { Buckets } = await all.send(new s3.ListBucketsCommand({}));
      const names = Buckets.map((b) => b.Name);
      same([FILES, PRIVATE].filter((name) => !names.includes(name)), []);
      same((await all.send(new s3.GetBucketCorsCommand({ Bucket: FILES }))).CORSRules[0].AllowedOrigins, ["https://shop.example"]);
    },
  };

  console.log("version", require("@aws-sdk/client-s3/package.json").version);
  for (const [name, run] of Object.entries(steps)) {
    try {
      await run();
      console.log("ok", name);
    } catch (e) {
      console.log("no", name);
      console.error(`${name}:`, e);
    }
  }
}

main();
