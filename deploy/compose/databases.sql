-- The services' databases and what their account may do there; run once, when the database server has no data yet. The
-- account itself, with its password, is there already (the image makes it from MARIADB_USER and MARIADB_PASSWORD_FILE);
-- on a server of your own: CREATE USER 'lianfang'@'%' IDENTIFIED BY '…';
CREATE DATABASE IF NOT EXISTS lianfang_personnel CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS lianfang_risk CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS lianfang_grading CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS lianfang_reporting CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE DATABASE IF NOT EXISTS lianfang_aggregator CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
GRANT ALL PRIVILEGES ON `lianfang\_%`.* TO 'lianfang'@'%';
