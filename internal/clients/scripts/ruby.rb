# Ruby's aws-sdk-s3, with the file that aws_config wrote.

require "aws-sdk-s3"
require "open3"

FILES, PREFIX, ODD = ENV.values_at("FILES", "PREFIX", "ODD")

def client(config)
  file = Aws::SharedConfig.new(config_path: config, credentials_path: config, config_enabled: true)
  # This version does not read the endpoint from the file.
  Aws::S3::Client.new(region: file.region, credentials: file.credentials, endpoint: ENV.fetch("URL"))
end

def fixture(name) = File.binread(File.join(ENV.fetch("FIXTURES"), name))

def same(got, wanted)
  raise "#{got.inspect} is not #{wanted.inspect}"[0, 2000] unless got == wanted
end

def refused
  yield
rescue Aws::S3::Errors::ServiceError => e
  raise unless e.context.http_response.status_code == 403
else
  raise "it was allowed"
end

MINE = client(ENV.fetch("LIMITED"))

def read(bucket, key) = MINE.get_object(bucket: bucket, key: key).body.read.b

STEPS = {
  "list" => lambda {
    same(["page.html", ODD, "large.bin"] - MINE.list_objects(bucket: FILES).flat_map { |page| page.contents.map(&:key) }, [])
  },
  "get" => lambda {
    page = MINE.get_object(bucket: FILES, key: "page.html")
    same(page.body.read.b, fixture("page.html"))
    same([page.content_type, page.cache_control, page.metadata], ["text/html; charset=utf-8", "max-age=60", { "owner" => "press team" }])
    same(read(FILES, ODD), fixture("odd.txt"))
    same(read(FILES, "large.bin"), fixture("large.bin"))
  },
  "put" => lambda {
    MINE.put_object(bucket: FILES, key: "#{PREFIX}/page.html", body: fixture("page.html"), content_type: "text/html; charset=utf-8", metadata: { "owner" => "press team" })
    MINE.put_object(bucket: FILES, key: "#{PREFIX}/#{ODD}", body: fixture("odd.txt"))
    Aws::S3::Object.new(FILES, "#{PREFIX}/large.bin", client: MINE).upload_file(File.join(ENV.fetch("FIXTURES"), "large.bin"), multipart_threshold: 5 << 20)
  },
  "delete" => lambda {
    MINE.put_object(bucket: FILES, key: "#{PREFIX}/gone", body: "gone")
    MINE.delete_objects(bucket: FILES, delete: { objects: [{ key: "#{PREFIX}/gone" }] })
    begin
      MINE.head_object(bucket: FILES, key: "#{PREFIX}/gone")
      raise "it is still there"
    rescue Aws::S3::Errors::NotFound
      nil
    end
  },
  "presign" => lambda {
    url = Aws::S3::Presigner.new(client: MINE).presigned_url(:get_object, bucket: FILES, key: ODD, expires_in: 600)
    got, status = Open3.capture2("curl", "-fsS", url, binmode: true)
    same([got.b, status.success?], [fixture("odd.txt"), true])
  },
  "limits" => lambda {
    readonly, private = ENV.values_at("READONLY", "PRIVATE")
    same(read(readonly, "page.html"), fixture("page.html"))
    refused { MINE.put_object(bucket: readonly, key: "no", body: "no") }
    refused { MINE.delete_object(bucket: readonly, key: "page.html") }
    refused { read(private, "page.html") }
    refused { MINE.create_bucket(bucket: "#{FILES}-no") }
    refused { MINE.get_bucket_cors(bucket: FILES) }
  },
  "full access" => lambda {
    full = client(ENV.fetch("FULL"))
    same([FILES, ENV.fetch("PRIVATE")] - full.list_buckets.buckets.map(&:name), [])
    same(full.get_bucket_cors(bucket: FILES).cors_rules[0].allowed_origins, ["https://shop.example"])
  },
}.freeze

puts "version #{Aws::S3::GEM_VERSION}"
STEPS.each do |name, run|
  run.call
  puts "ok #{name}"
rescue StandardError => e
  puts "no #{name}"
  warn "#{name}: #{e.full_message(highlight: false)}"
end
